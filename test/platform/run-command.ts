import { spawn } from 'node:child_process';

/** What a program did. */
export interface CommandResult {
  /** Null when a signal ended it. */
  readonly status: number | null;
  readonly output: string;
  /** Standard output and standard error as they came. */
  readonly all: string;
}

/** Runs a program to its end, whatever it exits with. @throws {Error} when it cannot be started or `signal` aborts it */
export function runCommand(
  command: string,
  args: readonly string[],
  options: { readonly cwd: string; readonly env: NodeJS.ProcessEnv; readonly signal: AbortSignal },
): Promise<CommandResult> {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, { ...options, stdio: ['ignore', 'pipe', 'pipe'] });
    let output = '';
    let all = '';
    child.stdout.on('data', (chunk) => {
      output += chunk;
      all += chunk;
    });
    child.stderr.on('data', (chunk) => {
      all += chunk;
    });
    child.once('error', reject);
    child.once('close', (status) => resolve({ status, output, all }));
  });
}
