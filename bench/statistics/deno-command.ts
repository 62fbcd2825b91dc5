import { fileURLToPath } from 'node:url';
import { denoBinary } from '../../src/local/functions/deno-binary.ts';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));

/** The command that runs a script of ours in Deno, with the imports of the function that fits members. */
export function denoCommand(script: string, args: readonly string[]): { command: string; args: string[] } {
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
      '--allow-read',
      '--allow-env',
      '--allow-sys',
      script,
      ...args,
    ],
  };
}
