import { type SpawnOptions, spawn } from 'node:child_process';

/**
 * Runs a program to its end.
 *
 * @param options `stdio`, if given, begins with three pipes
 * @param input what it reads from standard input. Default nothing
 * @returns what it wrote to standard output
 * @throws {Error} with what it wrote to standard error, when it fails
 */
export function execute(
  command: string,
  args: readonly string[],
  options: SpawnOptions,
  input = '',
): Promise<string> {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, { stdio: 'pipe', ...options });
    child.stdin?.on('error', () => {});
    child.stdin?.end(input);
    let output = '';
    let errors = '';
    child.stdout?.on('data', (chunk) => {
      output += chunk;
    });
    child.stderr?.on('data', (chunk) => {
      errors += chunk;
    });
    child.once('error', reject);
    child.once('close', (code, signal) => {
      if (code === 0) resolve(output);
      else reject(new Error(`${errors.trim() || output.trim()} (${signal ?? `exit code ${code}`})`));
    });
  });
}
