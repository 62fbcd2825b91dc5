import type { JobOf } from '../contracts/job.ts';
import type { BarSource, IngestionState } from '../contracts/market-data.ts';
import { FitError } from '../errors/fit-error.ts';
import { InvalidInputError } from '../errors/invalid-input-error.ts';
import { StoreError } from '../errors/store-error.ts';
import { afterFailure, type StepOutcome } from '../jobs/job-outcome.ts';
import type { JobQueue } from '../jobs/job-queue.ts';
import type { Json } from '../json.ts';
import { describeMove, implausibleMoves } from '../series/implausible-moves.ts';
import { type ReceivedTimeframe, seriesFromBars } from '../series/series.ts';
import type { BarProvider } from './bar-provider.ts';
import { type CollectedBars, collectBars } from './collect-bars.ts';

/** What fetching bars takes of the host. */
export interface IngestHost {
  readonly queue: JobQueue;
  /** What is stored; `overlap` is how many of the last bars' times are wanted. @throws StoreError */
  ingestionState(symbol: string, timeframe: ReceivedTimeframe, overlap: number): Promise<IngestionState>;
  /**
   * The provider of a source, with its keys.
   *
   * @param job names the job, so that its jitter is its own
   * @throws ProviderError `provider_not_configured`
   */
  provider(source: BarSource, job: string): BarProvider;
  /** The time, ISO 8601 in UTC. */
  now(): string;
}

/** Stored bars that are asked for again, to see whether history was restated. */
const OVERLAP_BARS = 10;
/** Years before the first ingestion at which a history begins where the setting does not say. */
const FIRST_YEARS = 10;

/**
 * Does a claimed ingest job: fetches the bars since the last stored ones and a few before them, and stores them with the job's
 * end. Where a bar that is stored came back different, or not at all, history was restated (a split, a dividend): the series is then
 * fetched and replaced whole.
 *
 * @throws StoreError when the database cannot be reached
 */
export async function ingestSeries(job: JobOf<'ingest'>, host: IngestHost): Promise<StepOutcome> {
  try {
    await ingest(host, job);
    return { outcome: 'succeeded', job: job.id, progress: 1 };
  } catch (error) {
    return await afterFailure(host.queue, job, error);
  }
}

async function ingest(host: IngestHost, job: JobOf<'ingest'>): Promise<void> {
  const { symbol, timeframe, source, first_date } = job.payload;
  const state = await host.ingestionState(symbol, timeframe, OVERLAP_BARS);
  requireSameSource(state, job);
  const provider = host.provider(source, `${job.id} ${job.attempt}`);
  const now = host.now();
  const collect = async (from: string) => {
    const collected = await collectBars(provider, { symbol, timeframe, from, now });
    requirePlausiblePrices(symbol, timeframe, collected, state.largest_move);
    return collected;
  };
  const store = (from: string, whole: boolean, { bars, gaps }: CollectedBars) =>
    host.queue.complete(job, {
      ...{ from, whole, requests: provider.requests() },
      bars: bars.map((bar) => [bar.time, bar.open, bar.high, bar.low, bar.close, bar.volume]),
      gaps: gaps.map(({ time, reason, message }) => ({ time, reason, message })),
    } as Json);

  const start = first_date ?? yearsBefore(now, FIRST_YEARS);
  if (state.first === null) return await store(start, true, await collect(start));

  const from = state.overlap[0].slice(0, 10);
  const latest = await collect(from);
  const given = new Set(latest.bars.map((bar) => bar.time));
  if (state.overlap.every((time) => given.has(time))) {
    try {
      return await store(from, false, latest);
    } catch (error) {
      // The database compares, in the transaction that would store.
      if (!(error instanceof StoreError) || error.code !== 'restated_history') throw error;
    }
  }
  const [whole] = [state.first, start].sort();
  await store(whole, true, await collect(whole));
}

function requireSameSource({ source }: IngestionState, job: JobOf<'ingest'>): void {
  const { symbol, timeframe, source: wanted } = job.payload;
  if (source === null) return;
  const [has, gets] = [source, wanted].map((s) => `${s.provider}/${s.feed}/${s.adjustment}`);
  if (has === gets) return;
  throw new InvalidInputError(
    'mixed_sources',
    `${symbol} ${timeframe} is stored from ${has}; bars from ${gets} cannot be mixed with it. forget_series makes room for them`,
    { stored: has, asked: gets },
  );
}

/** A price that cannot be believed is not stored, nor is anything that came with it. */
function requirePlausiblePrices(
  symbol: string,
  timeframe: ReceivedTimeframe,
  { bars }: CollectedBars,
  largest: number,
): void {
  const moves = implausibleMoves(seriesFromBars(symbol, timeframe, bars), largest);
  if (moves.length === 0) return;
  const [{ time, from, to, factor }] = moves;
  throw new FitError('implausible_price', describeMove(symbol, moves[0], largest), {
    time,
    from,
    to,
    factor,
  });
}

function yearsBefore(now: string, years: number): string {
  return `${Number(now.slice(0, 4)) - years}-01-01`;
}
