import { fileURLToPath } from 'node:url';
import { denoCommand, runForJson } from '../harness/deno-command.ts';

/** The hosted platform's memory per request, as a cap on the heap. */
const HEAP_MEGABYTES = 256;
const ENVIRONMENT = {
  // Nothing listens there: the processes bring their database along.
  SUPABASE_URL: 'http://127.0.0.1:1',
  SUPABASE_SECRET_KEYS: JSON.stringify({ cron: 'sb_secret_bench' }),
  SUPABASE_PUBLISHABLE_KEYS: JSON.stringify({ default: 'sb_publishable_bench' }),
};

/**
 * Runs a script of this folder in a fresh Deno process with its heap capped, and gives the document that it writes.
 *
 * @throws Error when it fails
 */
export function runCapped<Document>(script: string, ...args: readonly string[]): Document {
  const path = fileURLToPath(new URL(script, import.meta.url));
  // Everything: a process may read its own peak of memory only then.
  const options = { permissions: ['--allow-all'], heapMegabytes: HEAP_MEGABYTES };
  return runForJson<Document>(denoCommand(path, args, options), ENVIRONMENT);
}
