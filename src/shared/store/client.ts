import { createClient, type SupabaseClient } from '@supabase/supabase-js';
import type { Database } from './database.types.ts';

/** supabase-js, typed by the database. */
export type PlumblineClient = SupabaseClient<Database>;

/** Realtime is not used; supabase-js wants a WebSocket to be there, which Node has from version 22 on. */
class NoWebSocket {}

/**
 * A client without a session of its own.
 *
 * @param key a publishable or a secret key
 */
export function plumblineClient(url: string, key: string): PlumblineClient {
  return createClient<Database>(url, key, {
    auth: { persistSession: false, autoRefreshToken: false, detectSessionInUrl: false },
    realtime: { transport: NoWebSocket as never },
  });
}
