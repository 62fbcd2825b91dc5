import { setTimeout as sleep } from 'node:timers/promises';
import postgres from 'postgres';
import { readKeys } from '../../local/keys.ts';

/** The functions of Postgres that tell the time, with what each says before it is moved and how often it may change. */
const CLOCKS: readonly (readonly [name: string, real: string, volatility: string])[] = [
  ['now', 'current_timestamp', 'stable'],
  ['transaction_timestamp', 'current_timestamp', 'stable'],
  ['statement_timestamp', 'current_timestamp', 'stable'],
  ['clock_timestamp', 'pg_catalog.timeofday()::timestamptz', 'volatile'],
];

const RELOAD_PATIENCE = 5_000;

/**
 * Moves the clock of a throwaway database, for everything in it: what asks `now()` reads another date, and time goes on from there.
 *
 * Postgres has no such switch, so its own functions are replaced by ones that add a setting of the server (`rehearsal.ahead`). The
 * planner puts their body in their place, in defaults and functions alike; nothing of the product knows of it. Only `CURRENT_TIMESTAMP`
 * and `timeofday()` still tell the real time.
 */
export class MovedClock {
  readonly #admin: postgres.Sql;

  private constructor(admin: postgres.Sql) {
    this.#admin = admin;
  }

  /**
   * @param databaseUrl of the stack to be moved
   * @param dataDirectory holds its keys
   */
  static async install(databaseUrl: string, dataDirectory: string): Promise<MovedClock> {
    const url = new URL(databaseUrl);
    url.username = 'supabase_admin';
    url.password = readKeys(dataDirectory)!.databasePasswords.supabase_admin;
    const admin = postgres(url.href, { max: 1, onnotice: () => {} });
    try {
      await admin`alter system set rehearsal.ahead = '0'`;
      await admin`select pg_reload_conf()`;
      await admin`set allow_system_table_mods = on`;
      for (const [name, real, volatility] of CLOCKS) {
        await admin.unsafe(`
          create or replace function pg_catalog.${name}() returns timestamptz language sql ${volatility}
          as $$ select pg_catalog.timestamptz_pl_interval(${real}, pg_catalog.current_setting('rehearsal.ahead')::interval) $$`);
      }
      await admin`set allow_system_table_mods = off`;
      return new MovedClock(admin);
    } catch (error) {
      await admin.end();
      throw error;
    }
  }

  /** The same for one connection alone, at once; the clock of the database must be installed. */
  static async setFor(sql: postgres.Sql, time: Date): Promise<void> {
    await sql`
      select set_config('rehearsal.ahead', extract(epoch from ${time.toISOString()}::timestamptz - current_timestamp)::text || ' seconds', false)`;
  }

  /** From here on it is `time`, and then later. Returns when every connection knows. */
  async set(time: Date): Promise<void> {
    const [{ ahead }] = await this.#admin<{ ahead: string }[]>`
      select (extract(epoch from ${time.toISOString()}::timestamptz - current_timestamp))::text || ' seconds' as ahead`;
    await this.#admin.unsafe(`alter system set rehearsal.ahead = '${ahead}'`);
    await this.#admin`select pg_reload_conf()`;
    const end = performance.now() + RELOAD_PATIENCE;
    for (;;) {
      await sleep(5);
      const [row] = await this.#admin<
        { there: boolean }[]
      >`select current_setting('rehearsal.ahead') = ${ahead} as there`;
      if (row.there) break;
      if (performance.now() > end) throw new Error(`The clock could not be set to ${time.toISOString()}`);
    }
    // The server tells all its connections at once; each takes note before its next statement.
    await sleep(20);
  }

  async end(): Promise<void> {
    await this.#admin.end({ timeout: 2 });
  }
}
