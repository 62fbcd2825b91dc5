import { execFileSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { denoBinary } from '../../src/local/functions/deno-binary.ts';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));

/** A program and its arguments. */
export interface Command {
  readonly command: string;
  readonly args: readonly string[];
}

/** How a script is run beside the default. */
export interface DenoOptions {
  /** What the script may do, as Deno's flags; default reading, the environment and what the system is. */
  readonly permissions?: readonly string[];
  /** Cap of the heap in megabytes; default Deno's own. */
  readonly heapMegabytes?: number;
}

/** The command that runs a script of ours in Deno, with the imports of the function that fits members. */
export function denoCommand(script: string, args: readonly string[], options: DenoOptions = {}): Command {
  const { permissions = ['--allow-read', '--allow-env', '--allow-sys'], heapMegabytes } = options;
  return {
    command: denoBinary(ROOT),
    args: [
      'run',
      '--quiet',
      '--cached-only',
      '--no-lock',
      '--no-prompt',
      // A hosted function starts without compiled code on disk.
      '--no-code-cache',
      '--node-modules-dir=manual',
      '--config',
      `${ROOT}supabase/functions/forecast-worker/deno.json`,
      ...(heapMegabytes === undefined ? [] : [`--v8-flags=--max-old-space-size=${heapMegabytes}`]),
      ...permissions,
      script,
      ...args,
    ],
  };
}

/**
 * Runs a command to its end.
 *
 * @returns the JSON document that is the last line of its standard output
 * @throws Error when it fails, with what it wrote to standard error
 */
export function runForJson<Document>(
  { command, args }: Command,
  environment: Record<string, string> = {},
): Document {
  const output = execFileSync(command, args, {
    encoding: 'utf8',
    // Standard error is in the message of the error, and of no interest without one.
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { ...process.env, ...environment },
    maxBuffer: 64 * 1024 * 1024,
  });
  return JSON.parse(output.trimEnd().split('\n').at(-1)!) as Document;
}
