import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { PlumblineError } from '../../../shared/errors/plumbline-error.ts';
import { PROJECT_DIRECTORY } from '../../data-directory.ts';

/** The Supabase CLI refused or failed: `code` is its own in snake case, and the message what it said. */
class SupabaseCliError extends PlumblineError {}

/** The CLI of package.json. */
export const SUPABASE_CLI = join(PROJECT_DIRECTORY, 'node_modules', '.bin', 'supabase');

/** Deploying functions uploads and bundles; nothing takes longer, in milliseconds. */
const TIMEOUT = 600_000;

/** What the CLI prints with `--output-format json` when it fails. */
interface Failure {
  readonly error: { readonly code: string; readonly message: string; readonly suggestion?: string };
}

/**
 * Runs the CLI without a terminal and gives back its JSON.
 *
 * @param executable of the CLI
 * @throws SupabaseCliError
 */
export async function supabaseCli(executable: string, args: readonly string[]): Promise<unknown> {
  const command = [...args, '--output-format', 'json', '--agent', 'no'];
  const { status, stdout, stderr } = await runToItsEnd(executable, command);
  const document = parsedJson(stdout);
  if (status === 0 && document !== undefined) return document;
  const shown = `supabase ${args.slice(0, 2).join(' ')}`;
  const { error } = (document ?? {}) as Partial<Failure>;
  if (error === undefined) {
    const said = (stderr.trim() || stdout.trim()).split('\n').at(-1) || `status ${status}, without a word`;
    throw new SupabaseCliError('supabase_cli_failed', `${shown}: ${said}`);
  }
  const code = error.code.replace(/Error$/, '').replace(/(?<=[a-z0-9])[A-Z]/g, (letter) => `_${letter}`);
  throw new SupabaseCliError(
    code.toLowerCase(),
    [`${shown}: ${error.message}`, error.suggestion].filter(Boolean).join(' '),
  );
}

interface Ended {
  readonly status: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

function runToItsEnd(executable: string, args: readonly string[]): Promise<Ended> {
  return new Promise((resolve, reject) => {
    const child = spawn(executable, args, {
      cwd: PROJECT_DIRECTORY,
      stdio: ['ignore', 'pipe', 'pipe'],
      timeout: TIMEOUT,
      env: { ...process.env, NO_COLOR: '1' },
    });
    let stdout = '';
    let stderr = '';
    child.stdout.on('data', (chunk) => {
      stdout += chunk;
    });
    child.stderr.on('data', (chunk) => {
      stderr += chunk;
    });
    child.on('error', (error) =>
      reject(new SupabaseCliError('supabase_cli_missing', `${executable} does not run: ${error.message}`)),
    );
    child.on('close', (status) => resolve({ status, stdout, stderr }));
  });
}

/** The whole output as JSON; undefined when it is none. */
function parsedJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
