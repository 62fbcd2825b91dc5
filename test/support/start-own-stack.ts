// A vitest setup file, which runs anew before each test file, though they share their modules.
import { afterAll } from 'vitest';
import { startOwnStack } from './own-stack.ts';

afterAll(await startOwnStack());
