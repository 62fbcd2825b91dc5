import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { runCommand } from './run-command.ts';
import { StepFailure } from './steps.ts';

/** Postgres of the platform's test; `npm run check` lints for the version that is deployed to. */
const POSTGRES_VERSION = '15';

/** Lints the project's migrations with squawk. @throws {StepFailure} with what it found */
export async function lintMigrations(project: string, signal: AbortSignal): Promise<string> {
  const directory = join(project, 'supabase', 'migrations');
  const files = readdirSync(directory).filter((name) => name.endsWith('.sql'));
  const { status, all } = await runCommand(
    join(project, 'node_modules', '.bin', 'squawk'),
    ['--pg-version', POSTGRES_VERSION, ...files.map((name) => join(directory, name))],
    { cwd: project, env: process.env, signal },
  );
  if (status !== 0) throw new StepFailure(all);
  return `${files.length} migrations`;
}
