import type { JobOf } from '../contracts/job.ts';
import type { StoredWindow } from '../divergence/judge-fit.ts';
import type { MemberRegistry } from '../ensemble/member-registry.ts';
import { InvalidInputError } from '../errors/invalid-input-error.ts';
import { checkBars } from '../series/check-bars.ts';
import { checkCompanions } from '../series/check-companions.ts';
import type { DataNote } from '../series/data-finding.ts';
import { requireDataQuality } from '../series/data-quality.ts';
import { type Horizon, timeframeOf } from '../series/horizon.ts';
import type { BarColumns, Series, Timeframe } from '../series/series.ts';
import { type CovariateStore, covariatesBeside } from './covariates-beside.ts';
import { type EventStore, withStoredEvents } from './events-beside.ts';
import { fingerprint } from './fingerprint.ts';
import { afterFailure, type StepOutcome } from './job-outcome.ts';
import type { JobQueue } from './job-queue.ts';
import { forecastWork, type JobWork, type OutcomeHost, windowWork } from './job-work.ts';
import { openCheckpoint, sealCheckpoint } from './sealed-checkpoint.ts';

/** What the core needs of its host to work. */
export interface JobHost extends OutcomeHost, EventStore, CovariateStore {
  readonly queue: JobQueue;
  readSeries(symbol: string, timeframe: Timeframe, from: number, count: number): Promise<BarColumns>;
  /** Of each symbol the last `count` bars up to the bar of time `until`. */
  readCompanions(
    symbols: readonly string[],
    timeframe: Timeframe,
    until: string,
    count: number,
  ): Promise<readonly BarColumns[]>;
  /** The latest validated window whose bars are still the stored ones; null when there is none. */
  latestWindow(symbol: string, horizon: Horizon, configHash: string): Promise<StoredWindow | null>;
  /** The members there are. Default those of this version. */
  readonly members?: MemberRegistry;
}

/** The two kinds of job that compute. */
type ComputingJob = JobOf<'forecast'> | JobOf<'validate_window'>;

/**
 * Claims one job, computes for one step, and stores the result or a checkpoint. Nothing is claimed by an isolate that has computed all it may.
 *
 * @throws StoreError when the database cannot be reached: the lease then runs out and the job is claimed again
 */
export async function runNextJob(host: JobHost): Promise<StepOutcome> {
  if (host.meter.allowance() === null) return { outcome: 'spent' };
  const job = await host.queue.claim(['forecast', 'validate_window']);
  if (job === null) return { outcome: 'idle' };
  try {
    return await step(host, job);
  } catch (error) {
    return await afterFailure(host.queue, job, error);
  }
}

async function step(host: JobHost, job: ComputingJob): Promise<StepOutcome> {
  const work = await workOf(host, job);
  const { from, count } = work.bars;
  const timeframe = timeframeOf(job.payload.horizon);
  const { symbol } = job.payload;
  const [bars, rules] = await Promise.all([
    host.readSeries(symbol, timeframe, from, count),
    host.barRules(symbol),
  ]);
  if (bars.times.length !== count) {
    throw new InvalidInputError(
      'too_few_bars',
      `Bars ${from} to ${from + count - 1} were planned, ${bars.times.length} of them are there`,
    );
  }
  const { meter } = host;
  // In every step: a restatement may have come in between.
  const checked = meter.count(() => checkBars(bars, rules));
  const read = await covariatesBeside(bars, job.configuration.covariates, host, meter);

  const wanted = (job.configuration.companions ?? []).filter((companion) => companion !== symbol);
  const beside = await readCompanions(host, wanted, checked.series);
  const [own, ...companions] = await withStoredEvents([checked.series, ...beside.series], host);
  const { series, notes: late } = meter.count(() => work.beside(own, read.covariates));
  const print = meter.count(() => [series, ...companions].map(fingerprint).join(' '));
  const checkpoint = meter.count(() => openCheckpoint(job.checkpoint, print));
  const quality = { minimumBars: count, now: host.now() };
  // Once, before anything is fitted.
  if (checkpoint === undefined) meter.count(() => requireDataQuality(series, quality));
  const computation = meter.count(() => work.start(series, companions, checkpoint));
  // Other requests of the isolate may have computed since the job was claimed: without an allowance it goes back as it came.
  const allowance = meter.allowance();
  const done = allowance !== null && meter.count(() => computation.step(meter.budget(allowance)));
  if (done) {
    const ofUse = meter.count(() => requireDataQuality(series, { ...quality, now: host.now() }));
    const found = [...checked.notes, ...beside.notes, ...read.notes, ...late, ...ofUse];
    await host.queue.complete(job, await work.outcome(computation, series, host, found));
    return { outcome: 'succeeded', job: job.id, progress: 1 };
  }
  const progress = computation.progress();
  const state = meter.count(() => computation.checkpoint());
  const saved = meter.count(() => sealCheckpoint(print, state));
  await host.queue.saveStep(job, saved, progress);
  return { outcome: 'stepped', job: job.id, progress };
}

/** As far as `series` goes; one whose bars are refused is left out, with a note. */
async function readCompanions(
  host: JobHost,
  symbols: readonly string[],
  { timeframe, times }: Series,
): Promise<{ readonly series: readonly Series[]; readonly notes: readonly DataNote[] }> {
  const read = await host.readCompanions(symbols, timeframe, times[times.length - 1], times.length);
  const rules = await Promise.all(read.map(({ symbol }) => host.barRules(symbol)));
  return host.meter.count(() => checkCompanions(read.map((bars, i) => ({ bars, rules: rules[i] }))));
}

async function workOf(host: JobHost, job: ComputingJob): Promise<JobWork> {
  if (job.kind === 'validate_window') return windowWork(job, host.members);
  const { horizon, symbol } = job.payload;
  const calibrated = job.configuration.weighting === 'calibrated';
  const window = calibrated ? await host.latestWindow(symbol, horizon, job.config_hash) : null;
  return forecastWork(job, window, host.members);
}
