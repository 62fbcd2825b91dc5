import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { NEW_YORK } from '../../../src/shared/calendars/built-in-calendars.ts';
import { withChecksum } from '../../../src/shared/checksum.ts';
import type { JobOf } from '../../../src/shared/contracts/job.ts';
import type { IngestionState } from '../../../src/shared/contracts/market-data.ts';
import { ProviderError } from '../../../src/shared/errors/provider-error.ts';
import { StoreError } from '../../../src/shared/errors/store-error.ts';
import type { JobQueue } from '../../../src/shared/jobs/job-queue.ts';
import type { Json } from '../../../src/shared/json.ts';
import { ingestSeries } from '../../../src/shared/market-data/ingest-series.ts';
import { type Bar, columnsFromBars } from '../../../src/shared/series/series.ts';
import type { PlainBar } from '../../support/provider-server.ts';
import { damages } from '../damage.ts';
import { dailyBars } from './plain-bars.ts';

const ID = '00000000-0000-4000-8000-000000000000';
const SOURCE = { provider: 'alpaca', feed: 'iex', adjustment: 'all' } as const;
const NOW = '2024-03-15T21:30:00Z';
const job = {
  ...{ id: 7, run_id: ID, lease_token: ID, attempt: 1, kind: 'ingest', checkpoint: null },
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

/** Pages of an answer, and the error that ends it. */
interface Pages {
  readonly pages: readonly (readonly PlainBar[])[];
  readonly error: Error;
}

/** A store that holds `stored`, refuses what the database would, and remembers what it is told. */
async function ingest(
  stored: readonly PlainBar[],
  provided: readonly PlainBar[] | Error | Pages,
  change: Partial<IngestionState> = {},
  payload = job.payload,
  checkpoint: Json = null,
  largestMove = 3,
) {
  const asked: string[] = [];
  const completed: Completed[] = [];
  let saved: Json = null;
  let failed: unknown[] | undefined;
  const queue: JobQueue = {
    claim: async () => null,
    saveStep: async (_, state) => {
      saved = structuredClone(state);
    },
    complete: async (_, result) => {
      const { bars, whole } = result as unknown as Completed;
      const given = new Map(bars.map((bar) => [bar[0], JSON.stringify(bar.slice(1))]));
      const restated = stored.some(
        ({ time, open, high, low, close, volume }) =>
          given.has(time) && given.get(time) !== JSON.stringify([open, high, low, close, volume]),
      );
      if (restated && !whole) throw new StoreError('restated_history', 'must be given whole', 409);
      if (whole && stored.some(({ time }) => !given.has(time)))
        throw new StoreError('restated_history', 'lacks stored bars', 409);
      completed.push(result as unknown as Completed);
    },
    fail: async (_, code, message, retry) => {
      failed = [code, message, retry];
      return retry ? 'queued' : 'dead';
    },
  };
  const outcome = await ingestSeries(
    { ...job, payload, checkpoint },
    {
      queue,
      now: () => NOW,
      ingestionState: async (_symbol, _timeframe, overlap) => ({
        stored: stored.length,
        source: stored.length === 0 ? null : SOURCE,
        first: stored[0]?.time ?? null,
        overlap: stored.slice(-overlap).map(({ time }) => time),
        ...change,
      }),
      barRules: async () => ({ calendar: NEW_YORK, largestMove }),
      storedBars: async () => columnsFromBars('TEST', '1D', stored as Bar[]),
      provider: () => ({
        ...{ source: SOURCE, settlingMinutes: 20, requests: () => asked.length },
        async *fetchBars({ from }) {
          asked.push(from);
          if (provided instanceof Error) throw provided;
          if ('pages' in provided) {
            for (const page of provided.pages) {
              const bars = page.filter(({ time }) => time >= from);
              if (bars.length > 0) yield { bars, incomplete: [] };
            }
            throw provided.error;
          }
          yield { bars: provided.filter(({ time }) => time >= from) as Bar[], incomplete: [] };
        },
      }),
    },
  );
  return { outcome, asked, completed, failed, saved };
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
    expect(outcome).toMatchObject({ outcome: 'dead', code: 'restated_history' });
    expect(failed).toEqual(['restated_history', 'TEST 1D: lacks stored bars', false]);
  });

  it('looks at the whole series when an overlapping bar does not come back', async () => {
    const { asked, failed } = await ingest(
      BARS.slice(0, 50),
      BARS.filter((_, i) => i !== 45),
    );
    expect(asked).toHaveLength(2);
    expect(failed?.[0]).toBe('restated_history');
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
    const { completed } = await ingest(BARS.slice(0, 50), bars, {}, job.payload, null, 12);
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

describe('an ingest job whose provider stops in the middle', () => {
  const timeout = new ProviderError(
    'provider_timeout',
    'Alpaca took all the time there is for one job',
    true,
  );
  const interrupted = (bars: readonly PlainBar[], error: Error = timeout) => ({
    pages: [bars.slice(0, 20), bars.slice(20, 40)],
    error,
  });
  const rows = (bars: readonly PlainBar[]) =>
    bars.map(({ time, open, high, low, close, volume }) => [time, open, high, low, close, volume]);
  const times = ({ completed }: { readonly completed: readonly Completed[] }) =>
    completed[0].bars.map(([time]) => time);

  it('keeps the finished pages and stores no bar; the next attempt asks for no more than the last of them and the rest', async () => {
    const first = await ingest([], interrupted(BARS));
    expect(first).toMatchObject({
      outcome: { outcome: 'stepped', job: 7 },
      completed: [],
      failed: undefined,
    });
    expect(first.outcome.progress).toBeGreaterThan(0.9);
    expect(first.outcome.progress).toBeLessThan(1);

    const second = await ingest([], BARS, {}, job.payload, first.saved);
    expect(second.outcome.outcome).toBe('succeeded');
    expect(second.asked).toEqual([BARS[30].time]);
    expect(second.completed).toMatchObject([{ from: '2014-01-01', whole: true, gaps: [] }]);
    expect(times(second)).toEqual(BARS.map(({ time }) => time));
  });

  it('counts an attempt without a new page as a failure, and keeps what was there', async () => {
    const { saved } = await ingest([], interrupted(BARS));
    const second = await ingest([], interrupted(BARS), {}, job.payload, saved);
    expect(second).toMatchObject({ outcome: { outcome: 'retried', code: 'provider_timeout' }, saved: null });
    const none = await ingest([], { pages: [], error: timeout });
    expect(none).toMatchObject({ outcome: { outcome: 'retried' }, saved: null });
  });

  it('keeps nothing where asking again cannot help', async () => {
    const refused = new ProviderError('provider_unauthorised', 'Alpaca answered with status 401', false);
    expect(await ingest([], interrupted(BARS, refused))).toMatchObject({
      ...{ outcome: { outcome: 'dead', code: 'provider_unauthorised' }, saved: null },
    });
  });

  it('never mixes prices of before and after a split', async () => {
    const { saved } = await ingest([], interrupted(BARS));
    const split = scaled(BARS, 1 / 4);
    const second = await ingest([], split, {}, job.payload, saved);
    expect(second.asked).toEqual([BARS[30].time, '2014-01-01']);
    expect(second.completed[0].bars.map(([, , , , close]) => close)).toEqual(split.map(({ close }) => close));
    // Nor when the second attempt is interrupted too.
    const again = await ingest([], interrupted(split), {}, job.payload, saved);
    expect(again.outcome.outcome).toBe('stepped');
    const third = await ingest([], split, {}, job.payload, again.saved);
    expect(third.asked).toEqual([BARS[30].time]);
    expect(third.completed[0].bars.map(([, , , , close]) => close)).toEqual(split.map(({ close }) => close));
  });

  it('begins anew when a bar of a finished page does not come back', async () => {
    const { saved } = await ingest([], interrupted(BARS));
    const lacking = BARS.filter((_, i) => i !== 35);
    const second = await ingest([], lacking, {}, job.payload, saved);
    expect(second.asked).toEqual([BARS[30].time, '2014-01-01']);
    expect(times(second)).toEqual(lacking.map(({ time }) => time));
  });

  it('ends dead with a provider that changes its mind at every attempt', async () => {
    let saved: Json = null;
    const outcomes: string[] = [];
    for (let attempt = 0; attempt < 5; attempt++) {
      const last = await ingest([], interrupted(scaled(BARS, 1 + attempt)), {}, job.payload, saved);
      outcomes.push(last.outcome.outcome);
      saved = last.saved;
      if (attempt === 4) expect(last.failed?.[1]).toContain('came back different 4 times');
    }
    expect(outcomes).toEqual(['stepped', 'stepped', 'stepped', 'stepped', 'dead']);
  });

  it('begins anew with a checkpoint that is damaged in any byte or field', async () => {
    const { saved } = await ingest([], interrupted(BARS));
    const property = fc.asyncProperty(damages(JSON.parse(JSON.stringify(saved))), async (checkpoint) => {
      const second = await ingest([], BARS, {}, job.payload, checkpoint);
      expect(second.asked).toEqual(['2014-01-01']);
      expect(second.completed[0].bars).toEqual(rows(BARS));
    });
    await fc.assert(property, { seed: 4, numRuns: 100 });
  });

  it('begins anew with a checkpoint of another version of the code', async () => {
    const { saved } = await ingest([], interrupted(BARS));
    const { checksum: _, ...record } = saved as unknown as { [name: string]: Json };
    const checkpoint = withChecksum({ ...record, code: '0.0.1' });
    expect(
      (await ingest([], BARS, {}, job.payload, withChecksum(record))).asked,
      'the seal itself is right',
    ).toEqual([BARS[30].time]);
    const second = await ingest([], BARS, {}, job.payload, checkpoint);
    expect(second.asked).toEqual(['2014-01-01']);
  });

  it('goes on with the whole series of a restated history, and begins anew when other bars are wanted', async () => {
    const stored = BARS.slice(0, 50);
    const { saved } = await ingest([], interrupted(scaled(BARS, 2)));
    const second = await ingest(stored, scaled(BARS, 2), {}, job.payload, saved);
    expect(second.asked).toEqual([BARS[30].time]);
    expect(second.completed).toMatchObject([{ from: '2014-01-01', whole: true }]);
    const other = await ingest([], BARS, {}, { ...job.payload, first_date: '2024-02-01' }, saved);
    expect(other.asked).toEqual(['2024-02-01']);
  });
});
