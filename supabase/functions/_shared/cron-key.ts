import { AuthError } from '@supabase/server';

/** How a worker is called: with the secret key by which the database calls, which nobody else has. The second name is for changing it. */
export const CRON_KEY = ['secret:cron', 'secret:cron_next'] as const;

/** What a caller with another credential is told. */
export const CRON_KEY_IS_NEEDED = 'the secret key named cron is needed';

/**
 * Where a function offers more than a worker's part.
 *
 * @param keyName of the secret key that was used
 * @throws AuthError with another one
 */
export function requireCronKey(keyName: string | null): void {
  if (!CRON_KEY.some((mode) => mode === `secret:${keyName}`)) throw new AuthError(CRON_KEY_IS_NEEDED);
}
