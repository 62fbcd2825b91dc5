import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import postgres from 'postgres';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { MovedClock } from '../../src/cli/rehearse/moved-clock.ts';
import { openDataDirectory, removeDataDirectory } from '../../src/local/data-directory.ts';
import { embeddedPostgres } from '../../src/local/postgres/install.ts';
import { startPostgresIn } from '../../src/local/postgres/start-postgres.ts';

const project = resolve(import.meta.dirname, '../..');
const directory = mkdtempSync(join(tmpdir(), 'plumbline-clock-'));
const MONDAY = new Date('2019-11-04T21:00:00Z');
const HOUR = 3_600_000;

let server: Awaited<ReturnType<typeof startPostgresIn>>;
let sql: postgres.Sql;
let clock: MovedClock;

beforeAll(async () => {
  server = await startPostgresIn(directory, (home) => embeddedPostgres(project, home));
  sql = postgres(server.url('postgres'), { onnotice: () => {} });
  await sql`
    create table public.stamped (id integer generated always as identity, at timestamptz not null default now())`;
  await sql.unsafe(`
    create function public.told() returns timestamptz language plpgsql as $$
    declare
      v_now timestamptz := now();
    begin
      return v_now;
    end
    $$`);
  clock = await MovedClock.install(server.url('postgres'), directory);
});
afterAll(async () => {
  await clock.end();
  await sql.end();
  await server.stop();
  removeDataDirectory(openDataDirectory(directory));
});

/** Hours from the time the clock was set to. */
const hoursOff = (time: Date, from = MONDAY) => (time.getTime() - from.getTime()) / HOUR;

describe('a moved clock', () => {
  it('is what statements, defaults and functions tell, also on connections that were there before', async () => {
    await clock.set(MONDAY);
    const [stamped] = await sql<{ at: Date }[]>`insert into public.stamped default values returning at`;
    const [told] = await sql<Record<string, Date>[]>`
      select now(), public.told(), clock_timestamp(), transaction_timestamp(), statement_timestamp()`;
    for (const time of [stamped.at, ...Object.values(told)]) {
      expect(hoursOff(time)).toBeGreaterThanOrEqual(0);
      expect(hoursOff(time)).toBeLessThan(0.1);
    }
  });

  it('goes on from where it was set', async () => {
    await clock.set(MONDAY);
    const [{ before }] = await sql<{ before: Date }[]>`select clock_timestamp() as before`;
    const [{ after }] = await sql<{ after: Date }[]>`select clock_timestamp() as after from pg_sleep(0.05)`;
    expect(after.getTime() - before.getTime()).toBeGreaterThanOrEqual(50);
  });

  it('stands still within a transaction, as now() does', async () => {
    await sql.begin(async (transaction) => {
      const [{ first }] = await transaction<{ first: Date }[]>`select now() as first`;
      await transaction`select pg_sleep(0.02)`;
      const [{ second }] = await transaction<{ second: Date }[]>`select now() as second`;
      expect(second).toEqual(first);
    });
  });

  it('can be set forwards and back again', async () => {
    for (const days of [30, -30, 0]) {
      const time = new Date(MONDAY.getTime() + days * 24 * HOUR);
      await clock.set(time);
      const [{ now }] = await sql<{ now: Date }[]>`select now() as now`;
      expect(Math.abs(hoursOff(now, time))).toBeLessThan(0.1);
    }
  });
});
