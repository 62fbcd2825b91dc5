import { setTimeout as sleep } from 'node:timers/promises';
import { matches } from '../../local/cron-runner.ts';
import type { Stack } from '../../local/stack.ts';
import { PlumblineError } from '../../shared/errors/plumbline-error.ts';
import type { Bar } from '../../shared/series/series.ts';
import { callFunction } from '../call-function.ts';
import type { MovedClock } from './moved-clock.ts';
import type { ReplayedPrices, ReplayedSymbol } from './replayed-prices.ts';
import type { ReplayedProvider } from './replayed-provider.ts';

/** A replay cannot go on: `code` and message say why. */
class ReplayError extends PlumblineError {}

/** Milliseconds without any progress after which the workers are given up. */
const PATIENCE = 120_000;
const MINUTE = 60_000;
/** Milliseconds from the end of a bar until it can be had. */
const ARRIVES_AFTER = 20 * MINUTE;

/** A bar of half a session, and when it can be had. */
interface Arrival {
  readonly symbol: ReplayedSymbol;
  readonly bar: Bar;
  readonly at: Date;
}

/** What becomes of one session when it is replayed. */
export interface SessionPlan {
  /** Symbols that the provider gives no bars of, from the open to the next one. */
  readonly outage?: readonly string[];
  /** The function that forecasts and validates does not work that day; bars come in all the same. */
  readonly forecastersDown?: boolean;
  /** Called after each instant of the schedule. True ends the day there. */
  readonly after?: () => Promise<boolean>;
}

/**
 * A project on replayed prices: its own Postgres, Edge Functions and schedule, and a clock that is moved from one instant of the schedule
 * to the next. Daily bars are fetched from a provider, half sessions are uploaded; everything happens because the jobs of `cron.job` are due.
 */
export class Replay {
  readonly stack: Stack;
  readonly clock: MovedClock;
  readonly prices: ReplayedPrices;
  readonly #provider: ReplayedProvider;

  /** @param provider that the stack's functions ask */
  constructor(stack: Stack, clock: MovedClock, prices: ReplayedPrices, provider: ReplayedProvider) {
    this.stack = stack;
    this.clock = clock;
    this.prices = prices;
    this.#provider = provider;
  }

  /** The database's clock. */
  async now(): Promise<string> {
    const [{ now }] = await this.stack.sql<{ now: Date }[]>`select now() as now`;
    return now.toISOString();
  }

  /** Sets the clock to a time of day in New York. */
  async setNewYorkTime(date: string, time: string): Promise<void> {
    const [{ at }] = await this.stack.sql<
      { at: Date }[]
    >`select internal.new_york_time(${date}::date, ${time}::time) as at`;
    await this.clock.set(at);
  }

  /** Registers the symbols and takes in every bar before a date. @throws ReplayError `stalled` */
  async storeHistory(before: string): Promise<void> {
    const { sql } = this.stack;
    const daily = this.prices.symbols[0].bars['1D']!;
    const source = { provider: 'tiingo', adjustment: 'raw', first_date: daily[0].time };
    await sql`select public.change_setting('market_data', ${sql.json(source)})`;
    const names = this.prices.symbols.map(({ symbol }) => symbol);
    await sql`
      insert into public.symbols (symbol) select n.symbol from unnest(${names}::text[]) n(symbol)
      on conflict (symbol) do update set active = true`;
    this.#provider.until = daily.findLast(({ time }) => time < before)!.time;
    await sql`select public.plan_ingestion('history')`;
    await this.work();
    for (const symbol of this.prices.symbols) {
      await this.#uploadHalves(
        symbol,
        (symbol.bars['4h'] ?? []).filter(({ time }) => time.slice(0, 10) < before),
      );
    }
  }

  /**
   * Replays one session, from before its open to the evening: every slot of the schedule at its minute, with the workers it asks for, and
   * reconcile some minutes later, as cron has it.
   */
  async playSession(date: string, plan: SessionPlan = {}): Promise<void> {
    const { sql } = this.stack;
    await this.setNewYorkTime(date, '06:30');
    const isDown = plan.forecastersDown === true;
    if (isDown) await this.#setMaxWorkers(0);
    else await this.work();
    this.#provider.out = plan.outage ?? [];

    const [{ close }] = await sql<{ close: Date }[]>`select internal.session_close(${date}::date) as close`;
    const instants = await sql<{ at: Date }[]>`
      select t.due_at as at from internal.slot_times(${date}::date, ${date}::date) t
      where t.closed_because is null and t.due_at > now()
      union
      select internal.session_close(${date}::date) + make_interval(
        mins => (internal.setting('forecast_deadline_minutes') #>> '{}')::integer + 1)
      order by 1`;
    const arrivals = await this.#arrivals(date);
    for (const { at } of instants) {
      if (at >= close) this.#provider.until = date;
      for (const { symbol, bar } of takeUntil(arrivals, at)) await this.#uploadHalves(symbol, [bar]);
      await this.#tick(at, isDown ? () => this.#ingest() : () => this.work());
      if ((await plan.after?.()) === true) break;
    }
    if (isDown) await this.#setMaxWorkers(2);
  }

  /** When each half of a session can be had: some minutes after its end. */
  async #arrivals(date: string): Promise<Arrival[]> {
    const [{ noon, close }] = await this.stack.sql<{ noon: Date; close: Date }[]>`
      select least(internal.new_york_time(${date}::date, '13:30'), internal.session_close(${date}::date)) as noon,
        internal.session_close(${date}::date) as close`;
    const arrivals = this.prices.symbols.flatMap((symbol) =>
      (symbol.bars['4h'] ?? [])
        .filter((bar) => bar.time.slice(0, 10) === date)
        .map((bar) => {
          const end = Date.parse(bar.time) < noon.getTime() ? noon : close;
          return { symbol, bar, at: new Date(end.getTime() + ARRIVES_AFTER) };
        }),
    );
    return arrivals.sort((a, b) => a.at.getTime() - b.at.getTime());
  }

  /** Runs what cron would run in that minute, the workers that are asked for, and then reconcile. */
  async #tick(at: Date, work: () => Promise<void>): Promise<void> {
    const { sql } = this.stack;
    await this.clock.set(new Date(at.getTime() + 1_000));
    const jobs = await sql<{ schedule: string; command: string }[]>`
      select schedule, command from cron.job where jobname like 'plumbline-%' order by jobname`;
    for (const { schedule, command } of jobs) {
      if (matches(schedule, at)) await sql.unsafe(command);
    }
    await work();
    // Reconcile is due every five minutes: the one after this instant.
    const reconcile = new Date(Math.ceil((at.getTime() + 1) / (5 * MINUTE)) * 5 * MINUTE + 2 * MINUTE);
    await this.clock.set(reconcile);
    for (const { schedule, command } of jobs) {
      if (matches(schedule, reconcile)) await sql.unsafe(command);
    }
    await work();
  }

  /** Lets the workers do what is due by now. @throws ReplayError `stalled` */
  async work(): Promise<void> {
    const { sql } = this.stack;
    let before = '';
    let changed = performance.now();
    let asked = 0;
    for (;;) {
      const [{ waiting, state }] = await sql<{ waiting: number; state: string }[]>`
        select count(*) filter (where j.status = 'running' or (j.status = 'queued' and j.run_after <= now()))::integer as waiting,
          coalesce(sum(j.steps), 0) || ' ' || count(*) filter (where j.status in ('succeeded', 'dead')) as state
        from public.jobs j`;
      if (waiting === 0) return;
      if (state !== before) {
        before = state;
        changed = performance.now();
      } else if (performance.now() - changed > PATIENCE) {
        throw new ReplayError(
          'stalled',
          `${waiting} jobs wait and none made progress for ${PATIENCE / 1000} s`,
        );
      }
      // Cron's minute would come sooner or later; here a second is enough.
      if (performance.now() - asked > 1_000) {
        await sql`select public.dispatch_workers()`;
        asked = performance.now();
      }
      await sleep(60);
    }
  }

  /** Asks `ingest-bars` alone, until it has nothing left to do. */
  async #ingest(): Promise<void> {
    for (;;) {
      const apiKey = this.stack.secretKeys.cron;
      const { status, body } = await callFunction(this.stack, 'ingest-bars', {
        method: 'POST',
        body: '{}',
        apiKey,
      });
      if (status !== 202 || (await this.#endOf((body as { job: number }).job)) !== 'succeeded') return;
    }
  }

  /** The status of a job when nobody works on it any more. */
  async #endOf(job: number): Promise<string> {
    for (;;) {
      const [{ status }] = await this.stack.sql<{ status: string }[]>`
        select status from public.jobs where id = ${job}`;
      if (status !== 'running') return status;
      await sleep(20);
    }
  }

  async #setMaxWorkers(count: number): Promise<void> {
    await this.stack.sql`select public.change_setting('max_workers', ${count}::text::jsonb)`;
  }

  async #uploadHalves({ symbol, feed, adjustment }: ReplayedSymbol, bars: readonly Bar[]): Promise<void> {
    if (bars.length === 0) return;
    const lines = bars.map((bar) =>
      [bar.time, bar.open, bar.high, bar.low, bar.close, bar.volume ?? ''].join(','),
    );
    const query = new URLSearchParams({ symbol, timeframe: '4h', feed, ...(adjustment && { adjustment }) });
    await callFunction(this.stack, `ingest-bars?${query}`, {
      method: 'POST',
      contentType: 'text/csv',
      body: ['date,open,high,low,close,volume', ...lines].join('\n'),
    });
  }
}

/** Takes what has arrived by then off the list. */
function takeUntil(arrivals: Arrival[], at: Date): Arrival[] {
  const count = arrivals.filter((arrival) => arrival.at <= at).length;
  return arrivals.splice(0, count);
}
