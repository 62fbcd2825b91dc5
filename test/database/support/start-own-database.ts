// A vitest setup file, which runs anew before each test file, though they share their modules.
import { afterAll } from 'vitest';
import { startOwnDatabase } from './own-database.ts';

afterAll(await startOwnDatabase());
