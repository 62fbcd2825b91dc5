import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseEnv } from 'node:util';

/** The variables of `supabase/functions/.env`, which the CLI's own local stack reads too; none without the file. */
export function readEnvironmentFile(projectDirectory: string): Record<string, string> {
  const path = join(projectDirectory, 'supabase', 'functions', '.env');
  return existsSync(path) ? (parseEnv(readFileSync(path, 'utf8')) as Record<string, string>) : {};
}
