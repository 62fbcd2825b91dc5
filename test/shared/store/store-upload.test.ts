import { describe, expect, it } from 'vitest';
import { NEW_YORK } from '../../../src/shared/calendars/built-in-calendars.ts';
import type { Bar } from '../../../src/shared/series/series.ts';
import type { PlumblineClient } from '../../../src/shared/store/client.ts';
import { storeUpload } from '../../../src/shared/store/store-upload.ts';
import { goodBars } from '../../bars/support/good-bars.ts';

const BARS = goodBars({ count: 300, until: '2026-11-30' });
const RULES = { calendar: NEW_YORK, largestMove: 3 };
const UPLOAD = { symbol: 'UP', timeframe: '1D', provider: 'csv', feed: 'file', adjustment: null } as const;
const scaled = (bars: readonly Bar[], factor: number): Bar[] =>
  bars.map(({ time, volume, ...prices }) => ({
    ...{ time, volume },
    open: prices.open * factor,
    high: prices.high * factor,
    low: prices.low * factor,
    close: prices.close * factor,
  }));

/** A database that holds bars, which somebody else changes so many times before it takes an upload. */
function databaseWith(stored: readonly Bar[], changes = 0) {
  const asked: { readonly p_stored_at?: string }[] = [];
  let version = 0;
  const column = (name: keyof Bar) => stored.map((bar) => bar[name]);
  const rpc = async (name: string, args: { readonly p_stored_at?: string }) => {
    if (name === 'stored_bars_around') {
      const prices = {
        open: column('open'),
        high: column('high'),
        low: column('low'),
        close: column('close'),
      };
      const data = { times: column('time'), ...prices, volume: column('volume') };
      return { data: { ...data, stored_at: stored.length === 0 ? null : `version ${version}` }, error: null };
    }
    asked.push(args);
    if (version < changes) {
      version++;
      return { data: null, error: { code: 'series_changed', message: 'changed' }, status: 409 };
    }
    return { data: { stored: stored.length }, error: null };
  };
  return { client: { rpc } as unknown as PlumblineClient, asked };
}

const store = (client: PlumblineClient, bars: readonly Bar[], replace = false) =>
  storeUpload(client, { ...UPLOAD, replace, bars }, RULES);

describe('an upload', () => {
  it('is looked at together with the stored bars around it', async () => {
    const { client, asked } = databaseWith(BARS.slice(0, 200));
    expect((await store(client, BARS.slice(200))).notes).toEqual([]);
    expect((await store(client, scaled(BARS.slice(200), 0.5))).notes).toMatchObject([
      { code: 'likely_split', details: { time: BARS[200].time, split: '2:1' } },
    ]);
    expect(asked).toMatchObject([{ p_stored_at: 'version 0' }, { p_stored_at: 'version 0' }]);
  });

  it('that goes on in another unit is refused before anything is stored', async () => {
    const { client, asked } = databaseWith(BARS.slice(0, 200));
    await expect(store(client, scaled(BARS.slice(200), 100))).rejects.toMatchObject({
      code: 'implausible_price',
      message: expect.stringContaining(BARS[200].time),
    });
    expect(asked).toEqual([]);
  });

  it('that replaces the series is looked at alone', async () => {
    const { client } = databaseWith(BARS.slice(0, 200));
    expect((await store(client, scaled(BARS, 100), true)).notes).toEqual([]);
  });

  it('that replaces the series may lack most sessions, and tells so', async () => {
    const { client, asked } = databaseWith(BARS);
    const three = [BARS[0], BARS[150], BARS[299]];
    expect((await store(client, three, true)).notes).toMatchObject([
      { code: 'gap', details: { missing: 297 } },
    ]);
    expect(asked).toHaveLength(1);
  });

  it('reads the stored bars again when they were changed meanwhile, a few times', async () => {
    const { client, asked } = databaseWith(BARS.slice(0, 200), 2);
    await store(client, BARS.slice(200));
    expect(asked.map((args) => args.p_stored_at)).toEqual(['version 0', 'version 1', 'version 2']);
    const restless = databaseWith(BARS.slice(0, 200), 100);
    await expect(store(restless.client, BARS.slice(200))).rejects.toMatchObject({ code: 'series_changed' });
    expect(restless.asked).toHaveLength(4);
  });

  it('says that there were no bars, so that first bars of somebody else are noticed', async () => {
    const { client, asked } = databaseWith([]);
    await store(client, BARS);
    expect(asked).toMatchObject([{ p_stored_at: '-infinity' }]);
  });

  it('far from the stored bars leaves a gap that is told and not refused', async () => {
    const { client } = databaseWith(BARS.slice(0, 20));
    expect((await store(client, BARS.slice(280))).notes).toMatchObject([{ code: 'gap' }]);
  });
});
