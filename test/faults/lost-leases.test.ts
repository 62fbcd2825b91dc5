import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { StoreError } from '../../src/shared/errors/store-error.ts';
import { checkNextDivergence } from '../../src/shared/jobs/check-divergence.ts';
import { ComputeMeter, stepsOf } from '../../src/shared/jobs/compute-meter.ts';
import type { StepOutcome } from '../../src/shared/jobs/job-outcome.ts';
import type { JobQueue } from '../../src/shared/jobs/job-queue.ts';
import { type JobHost, runNextJob } from '../../src/shared/jobs/run-next-job.ts';
import { plumblineClient } from '../../src/shared/store/client.ts';
import { divergenceReader } from '../../src/shared/store/divergence-reader.ts';
import { latestWindow } from '../../src/shared/store/latest-window.ts';
import { readBarRules } from '../../src/shared/store/read-bar-rules.ts';
import { readCompanions } from '../../src/shared/store/read-companions.ts';
import { readCovariates } from '../../src/shared/store/read-covariates.ts';
import { readEvents } from '../../src/shared/store/read-events.ts';
import { readForecastContext } from '../../src/shared/store/read-forecast-context.ts';
import { readSeries } from '../../src/shared/store/read-series.ts';
import { SupabaseJobQueue } from '../../src/shared/store/supabase-job-queue.ts';
import { type FaultStack, startFaultStack } from './support/fault-stack.ts';
import { claimEnds, clearResults, resultBits, watchQueue, workBits, writes } from './support/results.ts';
import { BARS, prepareSmallWork, uploadBars, WINDOWS } from './support/small-work.ts';

const SYMBOLS = ['LEASE0', 'LEASE1'];

let stack: FaultStack;
let host: JobHost;
let undisturbed: unknown;

beforeAll(async () => {
  stack = await startFaultStack();
  // No worker comes by: these tests are the workers.
  await prepareSmallWork(stack, SYMBOLS);
  await watchQueue(stack.sql);
  const store = plumblineClient(stack.url, stack.secretKeys.default);
  host = {
    queue: new SupabaseJobQueue(store),
    readSeries: (symbol, timeframe, from, count) => readSeries(store, symbol, timeframe, from, count),
    readCompanions: (...wanted) => readCompanions(store, ...wanted),
    readEvents: (...wanted) => readEvents(store, ...wanted),
    readCovariates: (...wanted) => readCovariates(store, ...wanted),
    barRules: (symbol) => readBarRules(store, symbol),
    readForecastContext: (subject) => readForecastContext(store, subject),
    latestWindow: (...subject) => latestWindow(store, ...subject),
    now: () => new Date().toISOString(),
    // Several steps a job.
    meter: new ComputeMeter(() => performance.now(), stepsOf(40)),
  };
  await plan();
  while ((await work(host)).outcome !== 'idle');
  undisturbed = await everything();
  expect(await claimEnds(stack.sql)).toEqual({
    stepped: expect.any(Number),
    succeeded: SYMBOLS.length * (WINDOWS + 2),
  });
});
afterAll(() => stack.stop());
beforeEach(() => clearResults(stack.sql, BARS));

/** Plans windows only, and forecasts where asked: one kind after the other, because a forecast speaks of the windows before it. */
async function plan(): Promise<void> {
  await stack.sql`select public.plan_work(${WINDOWS})`;
  await stack.sql`update public.jobs set priority = 200 where kind = 'forecast'`;
}

/** One step of whatever is next. */
async function work(worker: JobHost): Promise<StepOutcome> {
  const step = await runNextJob(worker);
  if (step.outcome !== 'idle') return step;
  const store = plumblineClient(stack.url, stack.secretKeys.default);
  return checkNextDivergence(worker.queue, divergenceReader(store));
}

async function everything() {
  return {
    results: await resultBits(stack.sql),
    writes: await writes(stack.sql),
    work: await workBits(stack.sql),
  };
}

/** A worker that something happens to whenever it is about to report. */
function disturbed(happens: () => Promise<void>): JobHost {
  const { queue } = host;
  const slow: JobQueue = {
    claim: (kinds) => queue.claim(kinds),
    async saveStep(...report) {
      await happens();
      await queue.saveStep(...report);
    },
    async complete(...report) {
      await happens();
      await queue.complete(...report);
    },
    async fail(...report) {
      await happens();
      return queue.fail(...report);
    },
  };
  return { ...host, queue: slow };
}

const moveLeases = (by: string) =>
  stack.sql`update public.jobs set lease_until = lease_until + ${by}::interval where status = 'running'`;
const moveWaits = (by: string) =>
  stack.sql`update public.jobs set run_after = run_after + ${by}::interval where status = 'queued'`;

describe('two workers on one job, whose lease ran out', () => {
  it('never both store: the second one does, and the first is told that its lease is lost', async () => {
    await plan();
    const outcomes: Record<string, number> = {};
    let quick: StepOutcome | undefined;
    const slow = disturbed(async () => {
      await moveLeases('-1 hour');
      // Takes the same job over and reports first.
      quick = await work(host);
    });
    for (;;) {
      quick = undefined;
      const { outcome, job } = await work(slow);
      if (outcome === 'idle') break;
      expect(outcome).toBe('lease_lost');
      expect(quick).toMatchObject({ job });
      outcomes[quick!.outcome] = (outcomes[quick!.outcome] ?? 0) + 1;
    }
    expect(outcomes).toEqual({ stepped: expect.any(Number), succeeded: SYMBOLS.length * (WINDOWS + 2) });
    expect(await everything()).toEqual(undisturbed);
    const ends = await claimEnds(stack.sql);
    expect(ends.expired).toBe(ends.stepped + ends.succeeded);
  });

  it.each([
    ['that is repeated', (report: () => Promise<void>) => report()],
    [
      'whose answer is lost',
      async () => {
        throw new StoreError('store_unreachable', 'fetch failed', 0);
      },
    ],
  ])('a report %s stores nothing twice', async (_name, next) => {
    await plan();
    const { queue } = host;
    const twice = async (report: () => Promise<void>) => {
      await report();
      await next(report);
    };
    const repeating: JobHost = {
      ...host,
      queue: {
        claim: (kinds) => queue.claim(kinds),
        saveStep: (...report) => twice(() => queue.saveStep(...report)),
        complete: (...report) => twice(() => queue.complete(...report)),
        fail: (...report) => queue.fail(...report),
      },
    };
    for (;;) {
      const { outcome } = await work(repeating);
      if (outcome === 'idle') break;
      expect(outcome).toBe('lease_lost');
    }
    expect(await everything()).toEqual(undisturbed);
  });
});

describe('a clock that jumps', () => {
  it.each([
    ['hours ahead: leases have run out, the worker is still the only one', '-5 hours'],
    ['hours back: leases seem to last', '5 hours'],
  ])('%s, and what it did is stored once', async (_name, by) => {
    await plan();
    const jumping = disturbed(async () => {
      await moveLeases(by);
    });
    for (let steps = 0; ; steps++) {
      const { outcome } = await work(jumping);
      if (outcome === 'idle') break;
      expect(outcome).not.toBe('lease_lost');
      expect(steps).toBeLessThan(1_000);
    }
    expect(await everything()).toEqual(undisturbed);
  });

  it('back leaves no job waiting for hours: not one that was leased, not one that was put off', async () => {
    await plan();
    // A worker that died, and a failure.
    await host.queue.claim(['validate_window']);
    const failed = (await host.queue.claim(['validate_window']))!;
    await host.queue.fail(failed, 'hiccup', 'try again', true);
    await moveLeases('5 hours');
    await moveWaits('5 hours');
    expect(await work(host)).toEqual({ outcome: 'idle' });

    // What cron does every minute.
    await stack.sql`select public.dispatch_workers()`;
    while ((await work(host)).outcome !== 'idle');
    expect(await everything()).toEqual(undisturbed);
  });

  it.each([
    ['days behind', -3],
    ['days ahead', 3],
  ])(
    'of a worker, %s, makes no difference: windows count as validated, and nothing is done again',
    async (_name, days) => {
      await plan();
      const now = () => new Date(Date.now() + days * 86_400_000).toISOString();
      // A forecast says how old its bars are; that is all it takes of the clock.
      while ((await work({ ...host, now })).outcome !== 'idle');
      const { writes: written, work: done } = await everything();
      expect({ writes: written, work: done }).toEqual({
        writes: (undisturbed as { writes: unknown }).writes,
        work: (undisturbed as { work: unknown }).work,
      });
      for (const symbol of SYMBOLS) {
        const [{ windows }] =
          await stack.sql`select cardinality(public.current_windows(${symbol}, '1D', ${WINDOWS})) as windows`;
        expect(windows).toBe(WINDOWS);
      }
      const [{ planned }] = await stack.sql`select public.plan_work(${WINDOWS}) as planned`;
      expect(planned).toMatchObject({ forecasts: 0, windows: 0 });
    },
  );

  it('of an upload, hours behind, changes nothing of bars that are stored', async () => {
    await uploadBars(stack, SYMBOLS[0], 0, BARS);
    const [{ n }] = await stack.sql`
      select count(*)::integer as n from public.bars b join public.symbols s on s.id = b.symbol_id
      where s.symbol = ${SYMBOLS[0]}`;
    expect(n).toBe(BARS);
  });
});

describe('five workers in a row that die at one step of a job', () => {
  it('make it dead, with the reason; after an hour the schedule plans it anew, and it is done', async () => {
    await plan();
    // The job at which every worker dies, alone.
    const [{ id, run_id }] =
      await stack.sql`select id, run_id from public.jobs where kind = 'validate_window' order by id limit 1`;
    await stack.sql`update public.jobs set priority = 1 where id = ${id}`;
    for (let attempt = 1; attempt <= 5; attempt++) {
      expect(await host.queue.claim(['validate_window'])).toMatchObject({ id: Number(id), attempt });
      await moveLeases('-1 hour');
    }
    await stack.sql`select internal.reconcile()`;
    const [dead] = await stack.sql`select status, error_code from public.jobs where id = ${id}`;
    expect(dead).toEqual({ status: 'dead', error_code: 'lease_expired' });

    while ((await work(host)).outcome !== 'idle');
    const [run] = await stack.sql`select status, error_message from public.runs where id = ${run_id}`;
    expect(run).toMatchObject({ status: 'failed', error_message: expect.stringContaining('5 attempts') });

    await stack.sql`update public.runs set finished_at = finished_at - interval '61 minutes' where id = ${run_id}`;
    await plan();
    while ((await work(host)).outcome !== 'idle');
    expect((await resultBits(stack.sql)).ensemble_validation_metrics).toEqual(
      (undisturbed as { results: Record<string, string[]> }).results.ensemble_validation_metrics,
    );
  });
});
