import type { JobOf } from '../contracts/job.ts';
import {
  type BarSource,
  type FetchedPages,
  fetchedPagesSchema,
  type IngestionState,
} from '../contracts/market-data.ts';
import { parse } from '../contracts/parse.ts';
import { InvalidInputError } from '../errors/invalid-input-error.ts';
import { ProviderError } from '../errors/provider-error.ts';
import { StoreError } from '../errors/store-error.ts';
import { afterFailure, type StepOutcome } from '../jobs/job-outcome.ts';
import type { JobQueue } from '../jobs/job-queue.ts';
import { openCheckpoint, sealCheckpoint } from '../jobs/sealed-checkpoint.ts';
import type { Json } from '../json.ts';
import { type BarRules, checkBars } from '../series/check-bars.ts';
import { checkUpload, UPLOAD_MARGIN } from '../series/check-upload.ts';
import { type BarColumns, columnsFromBars, type ReceivedTimeframe } from '../series/series.ts';
import type { CollectedBars } from './bar-collection.ts';
import type { BarProvider } from './bar-provider.ts';
import { HistoryFetch } from './history-fetch.ts';

/** What fetching bars takes of the host. */
export interface IngestHost {
  readonly queue: JobQueue;
  /** What is stored; `overlap` is how many of the last bars' times are wanted. @throws StoreError */
  ingestionState(symbol: string, timeframe: ReceivedTimeframe, overlap: number): Promise<IngestionState>;
  /** What the symbol's bars are held against. @throws StoreError */
  barRules(symbol: string): Promise<BarRules>;
  /** The stored bars from `margin` bars before the first time to as many after the last one. @throws StoreError */
  storedBars(
    symbol: string,
    timeframe: ReceivedTimeframe,
    span: readonly [first: string, last: string],
    margin: number,
  ): Promise<BarColumns>;
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
 * fetched and replaced whole. No bar is stored before the last page is there: pages that came before a provider failed or time ran out
 * are kept with the job, and the next attempt goes on from them.
 *
 * @throws StoreError when the database cannot be reached
 */
export async function ingestSeries(job: JobOf<'ingest'>, host: IngestHost): Promise<StepOutcome> {
  try {
    return await new Ingestion(job, host).run();
  } catch (error) {
    return await afterFailure(host.queue, job, error);
  }
}

/** Which bars are fetched: from a date on, and whether these are the whole series. */
interface Span {
  readonly from: string;
  readonly whole: boolean;
}

/** What is known before anything is fetched. */
interface Known {
  readonly state: IngestionState;
  readonly rules: BarRules;
}

/** One attempt at an ingest job. */
class Ingestion {
  readonly #job: JobOf<'ingest'>;
  readonly #host: IngestHost;

  constructor(job: JobOf<'ingest'>, host: IngestHost) {
    this.#job = job;
    this.#host = host;
  }

  async run(): Promise<StepOutcome> {
    const { symbol, timeframe, source, first_date } = this.#job.payload;
    const [state, rules] = await Promise.all([
      this.#host.ingestionState(symbol, timeframe, OVERLAP_BARS),
      this.#host.barRules(symbol),
    ]);
    requireSameSource(state, this.#job);
    const provider = this.#host.provider(source, `${this.#job.id} ${this.#job.attempt}`);
    const now = this.#host.now();
    const start = first_date ?? yearsBefore(now, FIRST_YEARS);
    const whole: Span = { from: [state.first ?? start, start].sort()[0], whole: true };
    const begun = this.#fetched(whole);
    if (state.first !== null && begun === null) {
      const recent: Span = { from: state.overlap[0].slice(0, 10), whole: false };
      const outcome = await this.#fetchAndStore(
        provider,
        now,
        { state, rules },
        recent,
        this.#fetched(recent),
      );
      if (outcome !== 'restated') return outcome;
    }
    return (await this.#fetchAndStore(provider, now, { state, rules }, whole, begun)) as StepOutcome;
  }

  /** What an attempt before this one has fetched of just these bars. */
  #fetched(span: Span): FetchedPages | null {
    const state = openCheckpoint(this.#job.checkpoint, barsOf(span));
    return state === undefined ? null : parse(fetchedPagesSchema, state, 'The checkpoint');
  }

  /** `restated`: a stored bar came back different, or not at all, and the span is not the whole series. */
  async #fetchAndStore(
    provider: BarProvider,
    now: string,
    known: Known,
    span: Span,
    before: FetchedPages | null,
  ): Promise<StepOutcome | 'restated'> {
    const { symbol, timeframe } = this.#job.payload;
    const { calendar, closesOnly } = known.rules;
    const query = { symbol, timeframe, calendar, closesOnly, from: span.from, now };
    const fetch = new HistoryFetch(provider, query, before);
    let collected: CollectedBars;
    try {
      collected = await fetch.all();
    } catch (error) {
      const progress = error instanceof ProviderError && error.retryable ? fetch.progress() : null;
      if (progress === null) throw error;
      return await this.#keep(span, progress, now);
    }
    if (await this.#isRestated(span, collected, known)) return 'restated';
    try {
      await this.#store(span, collected, provider.requests());
    } catch (error) {
      // The database compares, in the transaction that would store.
      if (!span.whole && error instanceof StoreError && error.code === 'restated_history') return 'restated';
      throw error;
    }
    return { outcome: 'succeeded', job: this.#job.id, progress: 1 };
  }

  /**
   * The gate, unless a stored bar came back different, or not at all: then nothing is said of a seam between two histories.
   *
   * @throws FitError
   */
  async #isRestated(span: Span, { bars }: CollectedBars, { state, rules }: Known): Promise<boolean> {
    const { symbol, timeframe } = this.#job.payload;
    const given = columnsFromBars(symbol, timeframe, bars);
    const { times } = given;
    if (span.whole) {
      checkBars(given, rules);
      return false;
    }
    if (!state.overlap.every((time) => times.includes(time))) return true;
    const around = [times[0], times[times.length - 1]] as const;
    const stored = await this.#host.storedBars(symbol, timeframe, around, UPLOAD_MARGIN);
    if (differs(stored, given)) return true;
    checkUpload(given, stored, rules);
    return false;
  }

  async #store(span: Span, { bars, gaps }: CollectedBars, requests: number): Promise<void> {
    await this.#host.queue.complete(this.#job, {
      ...{ ...span, requests },
      bars: bars.map((bar) => [bar.time, bar.open, bar.high, bar.low, bar.close, bar.volume]),
      gaps: gaps.map(({ time, reason, message }) => ({ time, reason, message })),
    } as Json);
  }

  /** Keeps finished pages with the job, which goes back to the queue. */
  async #keep(span: Span, pages: FetchedPages, now: string): Promise<StepOutcome> {
    const [from, reached, until] = [span.from, pages.bars[pages.bars.length - 1].time, now].map((time) =>
      Date.parse(time),
    );
    const progress = (reached - from) / (until - from);
    await this.#host.queue.saveStep(
      this.#job,
      sealCheckpoint(barsOf(span), pages as unknown as Json),
      progress,
    );
    return { outcome: 'stepped', job: this.#job.id, progress };
  }
}

function barsOf({ from, whole }: Span): string {
  return `${whole ? 'all' : 'those'} from ${from} on`;
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

/** Whether a bar of one time is not the same in both. */
function differs(stored: BarColumns, given: BarColumns): boolean {
  const places = new Map(stored.times.map((time, i) => [time, i]));
  return given.times.some((time, i) => {
    const place = places.get(time);
    return (
      place !== undefined && COLUMNS.some((column) => !Object.is(stored[column][place], given[column][i]))
    );
  });
}

const COLUMNS = ['open', 'high', 'low', 'close', 'volume'] as const;

function yearsBefore(now: string, years: number): string {
  return `${Number(now.slice(0, 4)) - years}-01-01`;
}
