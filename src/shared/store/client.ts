import type { SupabaseClient } from '@supabase/supabase-js';
import type { Database } from './database.types.ts';

/** supabase-js, typed by the database. */
export type PlumblineClient = SupabaseClient<Database>;
