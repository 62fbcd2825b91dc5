import { AuthError } from '@supabase/server';
import { createAdminClient } from '@supabase/server/core';
import { StoreError } from '../../../src/shared/errors/store-error.ts';
import type { PlumblineClient } from '../../../src/shared/store/client.ts';
import type { Database } from '../../../src/shared/store/database.types.ts';
import { unwrap } from '../../../src/shared/store/unwrap.ts';
import { oneLine } from '../../../src/shared/wording/one-line.ts';
import { logError } from './log.ts';
import { withoutKeys } from './without-keys.ts';

/** How long the caller waits for it, in milliseconds. */
const PATIENCE = 2_000;
/** What is above that stays on the log alone: an instance that fails at every request would fill the table. */
const MOST_A_MINUTE = 10;
const MINUTE = 60_000;

/** When this instance recorded its latest errors, by the monotonic clock. */
let recorded: number[] = [];

/**
 * Records an error that nobody handled in the table `errors`: function, code, and the message without what looks like a key. Never
 * throws, and takes 2 s at most: when the database is what failed, the log is all there is.
 *
 * @param name the function's
 */
export async function recordError(name: string, method: string, error: unknown): Promise<void> {
  const now = performance.now();
  recorded = recorded.filter((at) => now - at < MINUTE);
  if (recorded.length >= MOST_A_MINUTE) return;
  recorded.push(now);
  const { name: kind, message } = error instanceof Error ? error : new Error(String(error));
  const code = codeOf(error);
  try {
    const store = createAdminClient<Database>() as PlumblineClient;
    const answer = await store
      .rpc('record_error', {
        p_source: name,
        // Postgres' own codes are digits and capitals.
        p_code: /^[a-z][a-z0-9_]{0,63}$/.test(code) ? code : 'refused_by_database',
        p_message: oneLine(withoutKeys(`${kind}: ${message}`)),
        p_details: { method, ...(error instanceof StoreError && { status: error.status, code }) },
      })
      .abortSignal(AbortSignal.timeout(PATIENCE));
    unwrap(answer);
  } catch (failure) {
    logError(`${name} could not record its error`, failure);
  }
}

/** What fails before a method is called is no error of what the function does: its environment lacks a key. */
function codeOf(error: unknown): string {
  if (error instanceof StoreError) return error.code;
  return error instanceof AuthError ? 'not_configured' : 'internal_error';
}
