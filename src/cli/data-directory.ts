import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { z } from 'zod';

/** The checkout. */
export const PROJECT_DIRECTORY = fileURLToPath(new URL('../..', import.meta.url));

/** Where the embedded stack keeps its data unless `--data DIR` says otherwise. */
export const DEFAULT_DATA_DIRECTORY = join(PROJECT_DIRECTORY, '.plumbline');

/** The option `--data`. */
export const DATA_DIRECTORY = {
  value: 'DIR',
  help: 'the data directory of the embedded stack',
  schema: z.string(),
  default: DEFAULT_DATA_DIRECTORY,
  shownDefault: '.plumbline',
};
