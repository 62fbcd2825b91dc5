import postgres from 'postgres';
import { plumblineClient } from '../../../shared/store/client.ts';
import { RolloutStore } from '../../../shared/store/rollout-store.ts';
import { functionNames } from '../../bundle-functions.ts';
import type { StackAccess } from '../../call-function.ts';
import { DeployError } from '../deploy-error.ts';
import { projectMigrations } from './project-migrations.ts';
import type { Row, Target } from './target.ts';

/** A function that does not answer within this, in milliseconds, is down. */
const PATIENCE = 10_000;

/**
 * The embedded stack.
 *
 * @param databaseUrl as role postgres; asked for when something needs it
 * @param close ends what was begun for this command
 */
export function embeddedTarget(
  stack: StackAccess,
  databaseUrl: () => string,
  close: () => Promise<void> = async () => {},
): Target {
  const store = plumblineClient(stack.url, stack.secretKeys.default);
  let connected: postgres.Sql | undefined;
  const sql = () => {
    connected ??= postgres(databaseUrl(), {
      max: 1,
      onnotice: () => {},
      // As JSON has them.
      types: {
        timestamptz: {
          to: 1184,
          from: [1184],
          serialize: String,
          parse: (text: string) => new Date(text).toISOString(),
        },
        date: { to: 1082, from: [1082], serialize: String, parse: (text: string) => text },
        bigint: { to: 20, from: [20], serialize: String, parse: Number },
      },
    });
    return connected;
  };
  const query = async (text: string) =>
    (await sql().begin('read only', (transaction) => transaction.unsafe(text))) as unknown as readonly Row[];

  return {
    kind: 'embedded',
    name: `the embedded stack at ${stack.url}`,
    store,
    rollouts: new RolloutStore(store),
    query,
    async execute(text) {
      await sql().unsafe(text);
    },
    async pendingMigrations() {
      const applied = await query('select version from supabase_migrations.schema_migrations');
      const versions = new Set(applied.map((row) => row.version));
      return projectMigrations().filter((file) => !versions.has(file.split('_')[0]));
    },
    async applyMigrations() {
      const pending = await this.pendingMigrations();
      if (pending.length === 0) return;
      throw new DeployError(
        'migrations_pending',
        `The stack at ${stack.url} was started by an older version (${pending[0]} is not applied): stop it and start it again ` +
          'with npm start, which applies migrations',
      );
    },
    async servedFunctions() {
      const names = functionNames();
      const answers = await Promise.all(
        names.map((name) =>
          fetch(`${stack.url}/functions/v1/${name}`, {
            method: 'OPTIONS',
            signal: AbortSignal.timeout(PATIENCE),
          }).then(
            ({ ok }) => ok,
            () => false,
          ),
        ),
      );
      return names.filter((_, i) => answers[i]);
    },
    // They are served from the checkout.
    async deployFunctions() {},
    pollInterval: 500,
    async close() {
      await connected?.end({ timeout: 2 });
      await close();
    },
  };
}
