import type { JobOf } from '../contracts/job.ts';
import type { StoredWindow } from '../divergence/judge-fit.ts';
import type { MemberRegistry } from '../ensemble/member-registry.ts';
import { InvalidInputError } from '../errors/invalid-input-error.ts';
import { assessDataQuality, type DataQualityRules, requireDataQuality } from '../series/data-quality.ts';
import { type Horizon, timeframeOf } from '../series/horizon.ts';
import type { Series, Timeframe } from '../series/series.ts';
import { fingerprint } from './fingerprint.ts';
import { afterFailure, type StepOutcome } from './job-outcome.ts';
import type { JobQueue } from './job-queue.ts';
import { forecastWork, type JobWork, type OutcomeHost, windowWork } from './job-work.ts';
import { openCheckpoint, sealCheckpoint } from './sealed-checkpoint.ts';

/** What the core needs of its host to work. */
export interface JobHost extends OutcomeHost {
  readonly queue: JobQueue;
  readSeries(symbol: string, timeframe: Timeframe, from: number, count: number): Promise<Series>;
  /** Of each symbol the last `count` bars up to the bar of time `until`. */
  readCompanions(
    symbols: readonly string[],
    timeframe: Timeframe,
    until: string,
    count: number,
  ): Promise<readonly Series[]>;
  /** The largest factor by which a price of the symbol is believed to move: see `assessDataQuality`. */
  largestMove(symbol: string): Promise<number>;
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
  const series = await host.readSeries(job.payload.symbol, timeframe, from, count);
  if (series.times.length !== count) {
    throw new InvalidInputError(
      'too_few_bars',
      `Bars ${from} to ${from + count - 1} were planned, ${series.times.length} of them are there`,
    );
  }

  const wanted = (job.configuration.companions ?? []).filter((symbol) => symbol !== series.symbol);
  const companions = await host.readCompanions(wanted, timeframe, series.times[count - 1], count);
  const { meter } = host;
  const bars = meter.count(() => [series, ...companions].map(fingerprint).join(' '));
  const checkpoint = meter.count(() => openCheckpoint(job.checkpoint, bars));
  // Once, before anything is fitted.
  if (checkpoint === undefined) {
    const rules = await dataRules(host, series);
    meter.count(() => requireDataQuality(series, rules));
  }
  const computation = meter.count(() => work.start(series, companions, checkpoint));
  // Other requests of the isolate may have computed since the job was claimed: without an allowance it goes back as it came.
  const allowance = meter.allowance();
  const done = allowance !== null && meter.count(() => computation.step(meter.budget(allowance)));
  if (done) {
    const rules = await dataRules(host, series);
    const { findings } = meter.count(() => assessDataQuality(series, rules));
    await host.queue.complete(job, await work.outcome(computation, series, host, findings));
    return { outcome: 'succeeded', job: job.id, progress: 1 };
  }
  const progress = computation.progress();
  const state = meter.count(() => computation.checkpoint());
  const saved = meter.count(() => sealCheckpoint(bars, state));
  await host.queue.saveStep(job, saved, progress);
  return { outcome: 'stepped', job: job.id, progress };
}

async function dataRules(host: JobHost, { symbol, times }: Series): Promise<DataQualityRules> {
  return { minimumBars: times.length, now: host.now(), largestMove: await host.largestMove(symbol) };
}

async function workOf(host: JobHost, job: ComputingJob): Promise<JobWork> {
  if (job.kind === 'validate_window') return windowWork(job, host.members);
  const { horizon, symbol } = job.payload;
  const calibrated = job.configuration.weighting === 'calibrated';
  const window = calibrated ? await host.latestWindow(symbol, horizon, job.config_hash) : null;
  return forecastWork(job, window, host.members);
}
