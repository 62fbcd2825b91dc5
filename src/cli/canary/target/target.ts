import type { PlumblineClient } from '../../../shared/store/client.ts';
import type { RolloutStore } from '../../../shared/store/rollout-store.ts';

/** A row as JSON has it. */
export type Row = Readonly<Record<string, unknown>>;

/** What the commands work on: the embedded stack, or a hosted project. */
export interface Target {
  readonly kind: 'embedded' | 'remote';
  /** For people: `the embedded stack at http://127.0.0.1:54321`. */
  readonly name: string;
  /** supabase-js with the secret key: decisions and reads work with every function down. */
  readonly store: PlumblineClient;
  readonly rollouts: RolloutStore;
  /** Rows of a query, in a transaction that can only read. Times are ISO 8601 texts. */
  query(sql: string): Promise<readonly Row[]>;
  /** Runs a statement as the database's owner. */
  execute(sql: string): Promise<void>;
  /** Files of `supabase/migrations` that the database has not. */
  pendingMigrations(): Promise<readonly string[]>;
  /** @throws DeployError `migrations_pending` where that takes a restart */
  applyMigrations(): Promise<void>;
  /** Names of the Edge Functions that can be called. */
  servedFunctions(): Promise<readonly string[]>;
  /** Brings this checkout's functions there, with the variables of the environment that they read. */
  deployFunctions(variables: Readonly<Record<string, string>>): Promise<void>;
  /** Milliseconds between two looks at work that is under way. */
  readonly pollInterval: number;
  close(): Promise<void>;
}
