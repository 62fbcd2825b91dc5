import { readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { sampleBarFile } from '../../../src/cli/bar-files.ts';
import { configurationHash } from '../../../src/shared/ensemble/configuration-hash.ts';
import type { EnsembleConfiguration } from '../../../src/shared/ensemble/ensemble-configuration.ts';
import type { FaultStack } from './fault-stack.ts';

/** Windows that are validated in a few steps of a worker. */
const SMALL_SIZES = { train: 260, validation: 110, test: 40, step: 40 };
/** Milliseconds from one dispatch to the next, in place of cron's minute. */
const DISPATCH_EVERY = 500;
/** Enough for two windows. */
export const BARS = 450;
/** Bars from the beginning of one symbol's series to that of the next. */
const APART = 300;
export const WINDOWS = 2;

/** Both members of the core and learned weights, with small grids. */
const smallConfiguration: EnsembleConfiguration = {
  ensemble: 'candidate',
  weights: { LSTM: 0.5, ARIMA_GARCH: 0.5 },
  weighting: 'calibrated',
  grids: {
    LSTM: [
      {
        ...{ hiddenUnits: 16, lookback: 20, learningRate: 0.005, dropout: 0.2 },
        ...{ epochs: 12, batchSize: 32, networks: 3 },
      },
    ],
    ARIMA_GARCH: [{ variance: 'gjr', innovations: 't', distribution: 'empirical' }],
  },
  meanFactors: [0, 0.5],
  refitEvery: 21,
  seed: 1,
};

/** Settings, ensemble and bars for {@link planWork}; the symbols are all there are to plan for. */
export async function prepareSmallWork(stack: FaultStack, symbols: readonly string[]): Promise<void> {
  const { sql } = stack;
  const settings = { window_sizes: { '1D': SMALL_SIZES }, lease_seconds: 120, max_workers: 0 };
  for (const [name, value] of Object.entries(settings)) {
    await sql`select public.change_setting(${name}, ${sql.json(value as never)})`;
  }
  await sql`
    select public.seed_ensemble('candidate', ${sql.json(smallConfiguration as never)},
      ${configurationHash(smallConfiguration)})`;
  await sql`update public.symbols set active = false`;
  // Cron's tick would do what a test is about to do.
  await sql`select cron.unschedule(jobname) from cron.job`;
  for (const [k, symbol] of symbols.entries()) await uploadBars(stack, symbol, k, BARS);
}

/** Stores the first bars of a symbol's series, a stretch of the S&P 500. @param k tells the symbols' stretches apart */
export async function uploadBars(stack: FaultStack, symbol: string, k: number, bars: number): Promise<void> {
  const [header, ...lines] = readFileSync(sampleBarFile().path, 'utf8').split('\n');
  const csv = [header, ...lines.slice(APART * k, APART * k + bars)].join('\n');
  const response = await fetch(`${stack.url}/functions/v1/ingest-bars?symbol=${symbol}`, {
    method: 'POST',
    body: csv,
    headers: { 'content-type': 'text/csv', apikey: stack.secretKeys.default },
  });
  if (!response.ok) throw new Error(`upload: ${response.status} ${await response.text()}`);
}

/**
 * Plans everything and has it done: windows and checks first, then forecasts, whose remarks depend on what was validated before;
 * then the next bar comes, and outcomes are scored.
 *
 * @param between called again and again while jobs are open
 */
export async function doAllWork(
  stack: FaultStack,
  symbols: readonly string[],
  between: () => Promise<void> = () => sleep(100),
  timeout = 240_000,
): Promise<void> {
  await stack.sql`select public.plan_work(${WINDOWS})`;
  await stack.sql`update public.jobs set run_after = now() + interval '20 minutes' where kind = 'forecast'`;
  await finish(stack, ['validate_window', 'check_divergence'], between, timeout);
  await stack.sql`update public.jobs set run_after = now() where kind = 'forecast'`;
  await finish(stack, ['forecast'], between, timeout);

  for (const [k, symbol] of symbols.entries()) await uploadBars(stack, symbol, k, BARS + 1);
  await Promise.all([1, 2, 3].map(() => stack.sql`select public.score_outcomes()`));
}

/** Has open jobs of these kinds done. @throws when that takes longer than `timeout` milliseconds */
async function finish(
  stack: FaultStack,
  kinds: readonly string[],
  between: () => Promise<void>,
  timeout: number,
): Promise<void> {
  const end = performance.now() + timeout;
  let dispatched = Number.NEGATIVE_INFINITY;
  for (;;) {
    try {
      if (performance.now() > dispatched + DISPATCH_EVERY) {
        dispatched = performance.now();
        await stack.sql`select public.dispatch_workers()`;
      }
      const [{ open }] = await stack.sql`
        select count(*)::integer as open from public.jobs
        where kind = any (${[...kinds]}) and status in ('queued', 'running')`;
      if (open === 0) return;
    } catch (error) {
      // The database may be what was broken.
      if (performance.now() > end) throw error;
    }
    if (performance.now() > end) throw new Error(`jobs are open after ${timeout} ms`);
    await between();
  }
}
