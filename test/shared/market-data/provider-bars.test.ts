import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { NEW_YORK } from '../../../src/shared/calendars/built-in-calendars.ts';
import { parseProviderEnvironment } from '../../../src/shared/contracts/environment.ts';
import type { BarSource } from '../../../src/shared/contracts/market-data.ts';
import { createProvider } from '../../../src/shared/market-data/create-provider.ts';
import { HistoryFetch } from '../../../src/shared/market-data/history-fetch.ts';
import {
  alpacaPage,
  json,
  type PlainBar,
  type ProviderAnswer,
  type ProviderServer,
  startProviderServer,
  text,
  tiingoPrices,
} from '../../support/provider-server.ts';
import { ALPACA, BARS, changed, collectFrom, good, host, KEYS, NOW, TIINGO } from './asked-provider.ts';
import { halfHourBars } from './plain-bars.ts';

let server: ProviderServer;
beforeAll(async () => {
  server = await startProviderServer();
});
afterAll(() => server.stop());

const collect = (answers: ProviderAnswer[], source?: BarSource) => collectFrom(server, answers, source);

describe('a provider that works', () => {
  it('is asked once, with its keys in headers and no key in the address', async () => {
    let headers: Record<string, unknown> = {};
    const { bars, gaps, asked } = await collect([
      (request, response) => {
        headers = request.headers;
        good(request, response);
      },
    ]);
    expect(bars).toEqual(BARS);
    expect(gaps).toEqual([]);
    expect(headers).toMatchObject({
      'apca-api-key-id': KEYS.ALPACA_KEY_ID,
      'apca-api-secret-key': KEYS.ALPACA_SECRET_KEY,
    });
    expect(asked).toHaveLength(1);
    const url = new URL(asked[0], server.url);
    expect(url.pathname).toBe('/v2/stocks/TEST/bars');
    expect(Object.fromEntries(url.searchParams)).toEqual({
      ...{ timeframe: '1Day', start: '2024-03-01T00:00:00Z', end: '2024-03-15T21:14:00.000Z' },
      ...{ limit: '10000', adjustment: 'all', feed: 'iex', sort: 'asc' },
    });
  });

  it('is asked page after page', async () => {
    const { bars, asked } = await collect([
      json(alpacaPage('TEST', BARS.slice(0, 5), 'a/b=')),
      json(alpacaPage('TEST', BARS.slice(5))),
    ]);
    expect(bars).toEqual(BARS);
    expect(new URL(asked[1], server.url).searchParams.get('page_token')).toBe('a/b=');
  });

  it('of Tiingo gives adjusted prices, or those that were traded', async () => {
    const { bars, asked } = await collect([json(tiingoPrices(BARS, 4))], TIINGO);
    expect(bars).toEqual(BARS);
    expect(asked).toEqual(['/tiingo/daily/TEST/prices?startDate=2024-03-01&endDate=2024-03-15&format=json']);
    const raw = await collect([json(tiingoPrices(BARS, 4))], { ...TIINGO, adjustment: 'raw' });
    expect(raw.bars![3].close).toBe(BARS[3].close * 4);
  });

  it('reports the sessions that it left out, and fills none in', async () => {
    const { bars, gaps } = await collect([changed((list) => list.splice(4, 2))]);
    expect(bars).toHaveLength(9);
    expect(gaps).toEqual([
      { time: '2024-03-07', reason: 'missing', message: 'Alpaca has no bar of 2024-03-07' },
      { time: '2024-03-08', reason: 'missing', message: 'Alpaca has no bar of 2024-03-08' },
    ]);
  });
});

describe('bars that cannot be true', () => {
  const at = (i: number, change: Partial<PlainBar>) =>
    changed((list) => {
      list[i] = { ...list[i], ...change };
    });
  it.each<[string, ProviderAnswer, RegExp]>([
    [
      'a price in a string',
      at(3, { close: '101' as never }),
      /bars\.2024-03-06T05:00\.c: a price is a number above 0, not "101"/,
    ],
    ['a price that is null', at(3, { open: Number.NaN }), /bars\.2024-03-06T05:00\.o: .*not null/],
    [
      'a negative price',
      at(2, { low: -1 }),
      /bars\.2024-03-05T05:00\.l: a price is a number above 0, not -1/,
    ],
    ['a price of zero', at(2, { low: 0 }), /bars\.2024-03-05T05:00\.l/],
    [
      'an infinite price',
      text('{"symbol":"TEST","bars":[{"t":"2024-03-01T05:00:00Z","o":1e999,"h":2,"l":1,"c":1,"v":1}]}'),
      /bars\.2024-03-01T05:00\.o/,
    ],
    ['a negative volume', at(2, { volume: -5 }), /bars\.2024-03-05T05:00\.v/],
    ['a high below the low', at(2, { high: 90 }), /bar of 2024-03-05: high 90 is below low/],
    [
      'a close outside',
      at(2, { close: 190, high: 120 }),
      /bar of 2024-03-05: close 190 is above high 120; open and close lie between/,
    ],
    ['a bar twice', changed((list) => list.splice(3, 0, list[3])), /bar of 2024-03-06: it is there twice/],
    ['disorder', changed((list) => list.reverse()), /bar of 2024-03-14: it comes after 2024-03-15/],
    [
      'the future',
      changed((list) => list.push({ ...list[10], time: '2024-03-18' })),
      /bar of 2024-03-18: it lies after/,
    ],
    [
      'a holiday',
      changed((list) => list.push({ ...list[10], time: '2024-03-16' })),
      /bar of 2024-03-16: XNYS has no session/,
    ],
    [
      'a bar from before',
      changed((list) => list.unshift({ ...list[0], time: '2024-02-29' })),
      /bar of 2024-02-29: it lies before 2024-03-01/,
    ],
    [
      'a day that begins at noon',
      changed((list) => {
        list[1] = { ...list[1], time: '2024-03-04T12:00:00Z' };
      }),
      /begins at 2024-03-04T12:00:00Z, which is not midnight in New York/,
    ],
    ['a time that is none', at(1, { time: 'yesterday' }), /bars\.1\.t/],
  ])('refuse all: %s', async (_, answer, message) => {
    const { bars, error } = await collect([answer]);
    expect(bars).toBeNull();
    expect(error).toMatchObject({ code: 'provider_bad_answer', retryable: false });
    expect(error!.message).toMatch(message);
  });

  it('are not those of a session that is not over: it is left out', async () => {
    const open = { ...BARS[10], time: '2024-03-15' };
    server.answerWith(json(alpacaPage('TEST', [...BARS.slice(0, 10), open])));
    const environment = parseProviderEnvironment((name) => ({ ...KEYS, ALPACA_BASE_URL: server.url })[name]);
    const at = async (now: string) => {
      const provider = createProvider(ALPACA, { environment, host: host().host, subject: 'x' });
      const query = { symbol: 'TEST', timeframe: '1D', calendar: NEW_YORK, from: '2024-03-01', now } as const;
      return await new HistoryFetch(provider, query).all();
    };
    // The close is at 20:00; a bar settles for 20 minutes.
    expect((await at('2024-03-15T20:19:00Z')).bars.at(-1)!.time).toBe('2024-03-14');
    expect((await at('2024-03-15T20:19:00Z')).gaps).toEqual([]);
    expect((await at('2024-03-15T20:20:00Z')).bars.at(-1)!.time).toBe('2024-03-15');
  });
});

describe('half sessions', () => {
  it('are the same wherever the pages end', async () => {
    const halfHours = halfHourBars('2024-03-01', 4);
    const environment = parseProviderEnvironment((name) => ({ ...KEYS, ALPACA_BASE_URL: server.url })[name]);
    const collect = async (size: number) => {
      const pages = Math.ceil(halfHours.length / size);
      const answers = Array.from({ length: pages }, (_, i) => {
        const part = halfHours.slice(i * size, (i + 1) * size);
        return json(alpacaPage('TEST', part, i + 1 < pages ? `${i}` : null));
      });
      server.answerWith(...answers);
      const provider = createProvider(ALPACA, { environment, host: host().host, subject: 'x' });
      const query = {
        symbol: 'TEST',
        timeframe: '4h',
        calendar: NEW_YORK,
        from: '2024-03-01',
        now: NOW,
      } as const;
      const { bars } = await new HistoryFetch(provider, query).all();
      expect(server.asked).toHaveLength(pages);
      return bars;
    };
    const whole = await collect(1000);
    expect(whole).toHaveLength(8);
    for (const size of [4, 15, 16, 37]) expect(await collect(size)).toEqual(whole);
  });

  it('are not asked of Tiingo', async () => {
    const environment = parseProviderEnvironment((name) => ({ ...KEYS, TIINGO_BASE_URL: server.url })[name]);
    const provider = createProvider(TIINGO, { environment, host: host().host, subject: 'x' });
    server.answerWith();
    const query = {
      symbol: 'TEST',
      timeframe: '4h',
      calendar: NEW_YORK,
      from: '2024-03-01',
      now: NOW,
    } as const;
    await expect(new HistoryFetch(provider, query).all()).rejects.toMatchObject({
      code: 'unsupported_timeframe',
      message: expect.stringContaining('Tiingo'),
    });
    expect(server.asked).toEqual([]);
  });
});
