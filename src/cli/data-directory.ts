import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The checkout. */
export const PROJECT_DIRECTORY = fileURLToPath(new URL('../..', import.meta.url));

/** Where the embedded stack keeps its data unless `--data DIR` says otherwise. */
export const DEFAULT_DATA_DIRECTORY = join(PROJECT_DIRECTORY, '.plumbline');
