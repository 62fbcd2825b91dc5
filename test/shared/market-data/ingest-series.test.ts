import { describe, expect, it } from 'vitest';
import type { JobOf } from '../../../src/shared/contracts/job.ts';
import type { IngestionState } from '../../../src/shared/contracts/market-data.ts';
import { ProviderError } from '../../../src/shared/errors/provider-error.ts';
import { StoreError } from '../../../src/shared/errors/store-error.ts';
import type { JobQueue } from '../../../src/shared/jobs/job-queue.ts';
import { ingestSeries } from '../../../src/shared/market-data/ingest-series.ts';
import type { Bar } from '../../../src/shared/series/series.ts';
import type { PlainBar } from '../../support/provider-server.ts';
import { dailyBars } from './plain-bars.ts';

const ID = '00000000-0000-4000-8000-000000000000';
const SOURCE = { provider: 'alpaca', feed: 'iex', adjustment: 'all' } as const;
const NOW = '2024-03-15T21:30:00Z';
const job = {
  ...{ id: 7, run_id: ID, lease_token: ID, attempt: 1, kind: 'ingest' },
  payload: { symbol: 'TEST', timeframe: '1D', source: SOURCE, first_date: null },
} as JobOf<'ingest'>;
/** Sessions from 2024-01-02 to 2024-03-15. */
const BARS = dailyBars('2024-01-02', 52);

interface Completed {
  readonly from: string;
  readonly whole: boolean;
  readonly bars: readonly (readonly [string, ...number[]])[];
  readonly gaps: readonly unknown[];
}

/** A store that holds `stored`, refuses what the database would, and remembers what it is told. */
async function ingest(
  stored: readonly PlainBar[],
  provided: readonly PlainBar[] | Error,
  change: Partial<IngestionState> = {},
  payload = job.payload,
) {
  const asked: string[] = [];
  const completed: Completed[] = [];
  let failed: unknown[] | undefined;
  const queue: JobQueue = {
    claim: async () => null,
    saveStep: async () => {},
    complete: async (_, result) => {
      const { bars, whole } = result as unknown as Completed;
      const given = new Map(bars.map((bar) => [bar[0], JSON.stringify(bar.slice(1))]));
      const restated = stored.some(
        ({ time, open, high, low, close, volume }) =>
          given.has(time) && given.get(time) !== JSON.stringify([open, high, low, close, volume]),
      );
      if (restated && !whole) throw new StoreError('restated_history', 'must be given whole', 409);
      if (whole && stored.some(({ time }) => !given.has(time)))
        throw new StoreError('provider_incomplete_history', 'lacks stored bars', 409);
      completed.push(result as unknown as Completed);
    },
    fail: async (_, code, message, retry) => {
      failed = [code, message, retry];
      return retry ? 'queued' : 'dead';
    },
  };
  const outcome = await ingestSeries(
    { ...job, payload },
    {
      queue,
      now: () => NOW,
      ingestionState: async (_symbol, _timeframe, overlap) => ({
        stored: stored.length,
        source: stored.length === 0 ? null : SOURCE,
        first: stored[0]?.time ?? null,
        overlap: stored.slice(-overlap).map(({ time }) => time),
        largest_move: 3,
        ...change,
      }),
      provider: () => ({
        ...{ source: SOURCE, settlingMinutes: 20, requests: () => asked.length },
        async *fetchBars({ from }) {
          asked.push(from);
          if (provided instanceof Error) throw provided;
          yield { bars: provided.filter(({ time }) => time >= from) as Bar[], incomplete: [] };
        },
      }),
    },
  );
  return { outcome, asked, completed, failed };
}

const scaled = (bars: readonly PlainBar[], factor: number): PlainBar[] =>
  bars.map((bar) => ({
    ...{ time: bar.time, open: bar.open * factor, high: bar.high * factor, low: bar.low * factor },
    ...{ close: bar.close * factor, volume: bar.volume },
  }));

describe('an ingest job', () => {
  it('fetches ten years the first time, or from the date that is set', async () => {
    const first = await ingest([], BARS);
    expect(first.outcome).toEqual({ outcome: 'succeeded', job: 7, progress: 1 });
    expect(first.asked).toEqual(['2014-01-01']);
    expect(first.completed[0].bars).toHaveLength(52);
    const set = await ingest([], BARS, {}, { ...job.payload, first_date: '2024-02-01' });
    expect(set.asked).toEqual(['2024-02-01']);
  });

  it('goes on from ten bars before the last stored one', async () => {
    const { asked, completed } = await ingest(BARS.slice(0, 50), BARS);
    expect(asked).toEqual([BARS[40].time]);
    expect(completed).toMatchObject([{ from: BARS[40].time, whole: false }]);
    expect(completed[0].bars.map(([time]) => time)).toEqual(BARS.slice(40).map(({ time }) => time));
  });

  it('fetches the whole series when an overlapping bar came back different by any bit', async () => {
    const restated = structuredClone(BARS) as { close: number }[] & PlainBar[];
    restated[45].close += 1e-12;
    const { asked, completed } = await ingest(BARS.slice(0, 50), restated);
    expect(asked).toEqual([BARS[40].time, '2014-01-01']);
    expect(completed).toMatchObject([{ from: '2014-01-01', whole: true }]);
    expect(completed[0].bars).toHaveLength(52);
  });

  it('fetches the whole series after a split, which is no implausible move in adjusted prices', async () => {
    const { asked, completed, failed } = await ingest(BARS.slice(0, 50), scaled(BARS, 1 / 10));
    expect(failed).toBeUndefined();
    expect(asked).toHaveLength(2);
    expect(completed).toMatchObject([{ whole: true }]);
  });

  it('stores nothing when the whole series lacks bars that are stored', async () => {
    const { completed, failed, outcome } = await ingest(BARS.slice(0, 50), scaled(BARS.slice(20), 2));
    expect(completed).toEqual([]);
    expect(outcome).toMatchObject({ outcome: 'dead', code: 'provider_incomplete_history' });
    expect(failed).toEqual(['provider_incomplete_history', 'TEST 1D: lacks stored bars', false]);
  });

  it('looks at the whole series when an overlapping bar does not come back', async () => {
    const { asked, failed } = await ingest(
      BARS.slice(0, 50),
      BARS.filter((_, i) => i !== 45),
    );
    expect(asked).toHaveLength(2);
    expect(failed?.[0]).toBe('provider_incomplete_history');
  });

  it.each([
    ['the newest', 51, 10],
    ['one in the overlap', 45, 0.1],
  ])('stores nothing with a price off by a factor of ten: %s', async (_, place, factor) => {
    const bars = BARS.map((bar, i) => (i === place ? scaled([bar], factor)[0] : bar));
    const { completed, failed, outcome } = await ingest(BARS.slice(0, 50), bars);
    expect(completed).toEqual([]);
    expect(outcome).toMatchObject({ outcome: 'dead', code: 'implausible_price' });
    const [code, message, retry] = failed as [string, string, boolean];
    expect([code, retry]).toEqual(['implausible_price', false]);
    expect(message).toContain(BARS[place].time);
    expect(message).toContain('a price off by a factor of 10');
  });

  it('stores a true move once the setting allows it', async () => {
    const bars = BARS.map((bar, i) => (i === 51 ? scaled([bar], 10)[0] : bar));
    const { completed } = await ingest(BARS.slice(0, 50), bars, { largest_move: 12 });
    expect(completed).toHaveLength(1);
  });

  it('names the split that raw prices show', async () => {
    const bars = BARS.map((bar, i) => (i >= 50 ? scaled([bar], 1 / 4)[0] : bar));
    const { failed } = await ingest(BARS.slice(0, 50), bars);
    expect(failed?.[1]).toContain('it looks like a split of 4 for 1 that prices are not adjusted for');
  });

  it('does not mix sources, and asks nobody', async () => {
    const change = { source: { ...SOURCE, feed: 'sip' } };
    const { asked, failed } = await ingest(BARS.slice(0, 50), BARS, change);
    expect(asked).toEqual([]);
    expect(failed).toMatchObject(['mixed_sources', expect.stringContaining('alpaca/sip/all'), false]);
  });

  it.each([
    [true, 'retried'],
    [false, 'dead'],
  ])('goes back to the queue when asking again can help (%s)', async (retryable, outcome) => {
    const error = new ProviderError('provider_unavailable', 'Alpaca answered with status 500', retryable);
    const result = await ingest([], error);
    expect(result.outcome).toEqual({ outcome, job: 7, code: 'provider_unavailable' });
    expect(result.failed).toEqual([
      ...['provider_unavailable', 'TEST 1D: Alpaca answered with status 500', retryable],
    ]);
  });
});
