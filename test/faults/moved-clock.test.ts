// The whole schedule on a database whose clock is moved: what cron would call is called at each of its minutes.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { MovedClock } from '../../src/cli/rehearse/moved-clock.ts';
import { matches } from '../../src/local/cron-runner.ts';
import { type FaultStack, startFaultStack } from './support/fault-stack.ts';

const MINUTE = 60_000;
const DAY = 1440 * MINUTE;
/** A Tuesday: 09:00 in New York. A day of slots lies ahead, and Wednesday is a session too. */
const BEGIN = Date.parse('2027-07-13T13:00:00Z');

let stack: FaultStack;
let clock: MovedClock;
let jobs: { schedule: string; command: string }[];
/** Of an hour: at which minutes any slot may fall due. */
let slotMinutes: Set<number>;

beforeAll(async () => {
  stack = await startFaultStack();
  jobs = await stack.sql`select schedule, command from cron.job order by jobid`;
  await stack.sql`select cron.unschedule(jobname) from cron.job`;
  await stack.sql`select public.change_setting('max_workers', '0')`;
  await stack.sql`
    select public.change_setting('market_data', '{"provider": "alpaca", "feed": "iex", "adjustment": "all"}')`;
  await stack.sql`update public.symbols set active = symbol = 'SPY'`;
  slotMinutes = new Set(
    jobs
      .filter(({ command }) => command.includes('tick_slot'))
      .flatMap(({ schedule }) => schedule.split(' ')[0].split(',').map(Number)),
  );
  clock = await MovedClock.install(stack.databaseUrl, stack.dataDirectory);
});
afterAll(async () => {
  await clock?.end();
  await stack.stop();
});

/** Everything that cron calls from `from` to `until`: in each of the first ten minutes, then in those in which a slot may fall due. */
async function live(from: number, until: number): Promise<void> {
  for (let time = from; time <= until; time += MINUTE) {
    const minute = new Date(time);
    if (time >= from + 10 * MINUTE && !slotMinutes.has(minute.getUTCMinutes())) continue;
    await clock.set(new Date(time + 2_000));
    for (const { schedule, command } of jobs) if (matches(schedule, minute)) await stack.sql.unsafe(command);
  }
}

async function begin(): Promise<void> {
  await clock.set(new Date(BEGIN));
  await stack.sql`
    truncate public.slot_runs, public.cron_ticks, public.canary_reports, public.planning_rounds, public.errors restart identity cascade`;
  await stack.sql`delete from public.runs`;
  await stack.sql`update public.schedule_slots set active_since = now()`;
}

/** What became of the schedule, with times to the minute. */
async function done() {
  const { sql } = stack;
  return {
    slots: await sql`
      select slot, slot_date, local_time, status, made_up, attempts, finished_at - due_at < interval '1 minute' as in_time
      from public.slot_runs order by 1, 2, 3`.then((rows) => rows.map((row) => ({ ...row }))),
    reports: await sql`
      select report_date, report_time, date_trunc('minute', issued_at) as issued_at, date_trunc('minute', since) as since
      from public.canary_reports order by issued_at`.then((rows) => rows.map((row) => ({ ...row }))),
    ingestions: (
      await sql`
      select idempotency_key as key from public.runs where kind = 'ingestion' and idempotency_key not like '%:ahead:%'
      order by created_at`
    ).map(({ key }) => key),
  };
}

describe('a clock that is a day ahead for eight minutes and then right again', () => {
  it('leaves nothing undone and does nothing twice: every slot of the day runs at its time', async () => {
    await begin();
    await live(BEGIN, BEGIN + DAY + 15 * MINUTE);
    const undisturbed = await done();
    expect(undisturbed.slots.length).toBeGreaterThan(15);
    expect(undisturbed.slots.every((slot) => 'in_time' in slot && slot.in_time === true)).toBe(true);
    expect(undisturbed.ingestions).toHaveLength(3);

    await begin();
    await live(BEGIN, BEGIN);
    await live(BEGIN + DAY, BEGIN + DAY + 8 * MINUTE);
    const [{ ahead }] = await stack.sql`select count(*)::integer as ahead from public.slot_runs`;
    expect(ahead).toBeGreaterThan(15);
    await live(BEGIN + 9 * MINUTE, BEGIN + DAY + 15 * MINUTE);

    expect(await done()).toEqual(undisturbed);
    expect(await stack.sql`select source, code from public.errors`).toMatchObject([
      { source: 'cron.clock', code: 'clock_set_back' },
    ]);
    const [{ repeated }] = await stack.sql`
      select count(*)::integer as repeated from public.cron_ticks where result ? 'repeated' or error is not null`;
    expect(repeated).toBe(0);
  }, 120_000);
});
