import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { PROJECT_DIRECTORY } from '../../data-directory.ts';

/** The checkout's migrations, by their file names, in order. */
export function projectMigrations(): string[] {
  return readdirSync(join(PROJECT_DIRECTORY, 'supabase', 'migrations'))
    .filter((file) => file.endsWith('.sql'))
    .sort();
}
