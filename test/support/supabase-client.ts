import { createClient, type SupabaseClient } from '@supabase/supabase-js';

/** Realtime is not used; supabase-js wants a WebSocket to be there, which Node has from version 22 on. */
class NoWebSocket {}

/** A real supabase-js client that keeps its session to itself. */
export function supabaseClient(url: string, key: string): SupabaseClient {
  return createClient(url, key, {
    auth: { persistSession: false, autoRefreshToken: false },
    realtime: { transport: NoWebSocket as never },
  });
}
