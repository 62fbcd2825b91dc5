import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parseProviderEnvironment } from '../../../src/shared/contracts/environment.ts';
import type { BarSource } from '../../../src/shared/contracts/market-data.ts';
import type { ProviderError } from '../../../src/shared/errors/provider-error.ts';
import { collectBars } from '../../../src/shared/market-data/collect-bars.ts';
import { createProvider } from '../../../src/shared/market-data/create-provider.ts';
import {
  DEFAULT_REQUEST_LIMITS,
  type ProviderHost,
} from '../../../src/shared/market-data/provider-client.ts';
import {
  alpacaPage,
  cutOff,
  json,
  neverEnding,
  type PlainBar,
  type ProviderAnswer,
  type ProviderServer,
  startProviderServer,
  text,
  tiingoPrices,
} from '../../support/provider-server.ts';
import { dailyBars } from './plain-bars.ts';

const KEYS = {
  ALPACA_KEY_ID: 'PKPLANTEDKEYID000001',
  ALPACA_SECRET_KEY: 'planted-secret-key-0123456789abcdef',
  TIINGO_TOKEN: 'planted-token-fedcba9876543210',
};
const NOW = '2024-03-15T21:30:00.000Z';
const ALPACA = { provider: 'alpaca', feed: 'iex', adjustment: 'all' } as const;
const TIINGO = { provider: 'tiingo', feed: 'eod', adjustment: 'all' } as const;
const BARS = dailyBars('2024-03-01', 11);

let server: ProviderServer;
beforeAll(async () => {
  server = await startProviderServer();
});
afterAll(() => server.stop());

/** Real requests; time passes only by waiting. @param patience milliseconds after which a timeout comes at the latest */
function host(patience = 15_000) {
  const waits: number[] = [];
  let clock = 0;
  const it: ProviderHost = {
    request: (url, init) => fetch(url, init),
    timeout: (milliseconds) => AbortSignal.timeout(Math.min(milliseconds, patience)),
    sleep: async (milliseconds) => {
      waits.push(milliseconds);
      clock += milliseconds;
    },
    monotonicClock: () => clock,
    now: () => NOW,
  };
  return { host: it, waits };
}

async function collect(
  answers: ProviderAnswer[],
  source: BarSource = ALPACA,
  limits = DEFAULT_REQUEST_LIMITS,
) {
  server.answerWith(...answers);
  const { host: it, waits } = host(answers.includes(neverEnding) ? 500 : undefined);
  const urls = { ALPACA_BASE_URL: server.url, TIINGO_BASE_URL: `${server.url}/` };
  const environment = parseProviderEnvironment((name) => ({ ...KEYS, ...urls })[name]);
  const provider = createProvider(source, { environment, host: it, subject: 'test', limits });
  const query = { symbol: 'TEST', timeframe: '1D', from: '2024-03-01', now: NOW } as const;
  let error: ProviderError | undefined;
  const collected = await collectBars(provider, query).catch((thrown) => {
    error = thrown;
    return null;
  });
  const { bars, gaps } = collected ?? { bars: null, gaps: null };
  return { bars, gaps, error, waits, asked: [...server.asked] };
}

const good = json(alpacaPage('TEST', BARS));
const changed = (change: (bars: PlainBar[]) => unknown) => {
  const bars: PlainBar[] = structuredClone(BARS);
  change(bars);
  return json(alpacaPage('TEST', bars));
};

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
      { time: '2024-03-07', reason: 'missing', message: 'alpaca has no bar of 2024-03-07' },
      { time: '2024-03-08', reason: 'missing', message: 'alpaca has no bar of 2024-03-08' },
    ]);
  });
});

describe('a provider that fails and then works', () => {
  it.each<[string, ProviderAnswer]>([
    ['500', text('oops', 500)],
    ['a cut connection', cutOff],
    ['an answer that never ends', neverEnding],
    [
      'HTML with status 200',
      text('<html>checking your browser</html>', 200, { 'content-type': 'text/html' }),
    ],
    ['truncated JSON', text('{"bars":[{"t":"2024-03-01T05:00:00Z","o":1')],
    ['NaN where a number belongs, which is no JSON', text('{"bars":[{"t":NaN}],"symbol":"TEST"}')],
  ])('is asked again after %s', async (_, failure) => {
    const { bars, waits, asked } = await collect([failure, failure, good]);
    expect(bars).toEqual(BARS);
    expect(asked).toHaveLength(3);
    expect(waits[0]).toBeGreaterThanOrEqual(250);
    expect(waits[0]).toBeLessThan(750);
    expect(waits[1]).toBeGreaterThanOrEqual(500);
    expect(waits[1]).toBeLessThan(1500);
  });

  it.each([
    ['seconds', { 'retry-after': '7' }, 7000],
    ['an HTTP date', { 'retry-after': 'Fri, 15 Mar 2024 21:30:09 GMT' }, 9000],
    ['the instant of the reset', { 'x-ratelimit-reset': '1710538203' }, 3000],
  ])('is waited for as long as it asks in %s', async (_, headers, wait) => {
    const { bars, waits } = await collect([json({ message: 'too many requests.' }, 429, headers), good]);
    expect(bars).toEqual(BARS);
    expect(waits).toEqual([wait]);
  });

  it.each([
    ['no wait', { 'retry-after': '0' }],
    ['an instant that is over by this clock', { 'x-ratelimit-reset': '1710538195' }],
    ['a fraction of seconds, which is no form of it', { 'retry-after': '1.5' }],
    ['less than nothing', { 'retry-after': '-5' }],
    ['words', { 'retry-after': 'May 5' }],
  ])('is not asked at once where it asks for %s', async (_, headers) => {
    const { bars, waits } = await collect([json({ message: 'too many requests.' }, 429, headers), good]);
    expect(bars).toEqual(BARS);
    expect(waits).toHaveLength(1);
    expect(waits[0]).toBeGreaterThanOrEqual(250);
    expect(waits[0]).toBeLessThan(750);
  });

  it('backs off with the same jitter for the same job', async () => {
    const once = await collect([text('', 503), text('', 503), good]);
    const again = await collect([text('', 503), text('', 503), good]);
    expect(once.waits).toHaveLength(2);
    expect(again.waits).toEqual(once.waits);
  });
});

describe('a provider that goes on failing', () => {
  const page = json(alpacaPage('TEST', BARS, 'again'));
  let turn = 0;
  const fresh: ProviderAnswer = (request, response) =>
    json(alpacaPage('TEST', BARS, `token${turn++}`))(request, response);

  it.each<[string, ProviderAnswer, string, RegExp, boolean, number]>([
    [
      '429',
      json({ message: 'slow' }, 429),
      'provider_rate_limited',
      /fewer requests \(status 429\): .*slow/,
      true,
      4,
    ],
    ['500', text('oops', 500), 'provider_unavailable', /status 500: oops/, true, 4],
    ['a cut connection', cutOff, 'provider_unavailable', /cannot be reached/, true, 4],
    ['an answer that never ends', neverEnding, 'provider_timeout', /no whole answer in 15000 ms/, true, 4],
    [
      ...['HTML', text('<html>hello</html>', 200, { 'content-type': 'text/html' }), 'provider_bad_answer'],
      ...[/content type "text\/html" instead of JSON: <html>hello/, true, 4],
    ] as never,
    ['truncated JSON', text('{"bars":[{'), 'provider_bad_answer', /not JSON/, true, 4],
    [
      '401',
      json({ message: 'forbidden.' }, 401),
      'provider_unauthorised',
      /status 401: .*forbidden/,
      false,
      1,
    ],
    ['403', json({ message: 'no SIP' }, 403), 'provider_unauthorised', /no SIP/, false, 1],
    [
      '403 in Latin-1',
      (_, response) =>
        response
          .writeHead(403, { 'content-type': 'text/html; charset=iso-8859-1' })
          .end(Buffer.from('Accès refusé', 'latin1')),
      'provider_unauthorised',
      /status 403: Acc.s refus/,
      false,
      1,
    ],
    ['404', json({ detail: 'Not found.' }, 404), 'provider_unknown_symbol', /status 404/, false, 1],
    ['422', json({ message: 'invalid symbol' }, 422), 'provider_refused', /invalid symbol/, false, 1],
    [
      'a redirect',
      text('', 302, { location: 'https://example.com/' }),
      'provider_bad_answer',
      /redirects/,
      false,
      1,
    ],
    [
      'the same page and token for ever',
      page,
      'provider_bad_answer',
      /bar 12 .*comes after 2024-03-15/,
      false,
      2,
    ],
    [
      'the same page under new tokens',
      fresh,
      'provider_bad_answer',
      /bar 12 .*comes after 2024-03-15/,
      false,
      2,
    ],
    [
      ...['the same token for ever', json(alpacaPage('TEST', [], 'again')), 'provider_bad_answer'],
      ...[/same page token twice/, false, 2],
    ] as never,
    [
      'an empty answer',
      json({ bars: null, symbol: 'TEST', next_page_token: null }),
      'provider_no_bars',
      /TEST/,
      false,
      1,
    ],
    ['nothing at all', json({}), 'provider_bad_answer', /symbol/, false, 1],
    [
      'another symbol',
      json(alpacaPage('TSET', BARS)),
      'provider_bad_answer',
      /"TSET" when asked about TEST/,
      false,
      1,
    ],
  ])('by %s ends with the reason', async (_, answer, code, message, retryable, requests) => {
    const { error, bars, asked } = await collect([answer]);
    expect(bars).toBeNull();
    expect(error).toMatchObject({ code, retryable, message: expect.stringMatching(message) });
    expect(asked).toHaveLength(requests);
  });

  it('by empty pages under ever new tokens ends after 60 of them', async () => {
    let token = 0;
    const { error, asked } = await collect([
      (request, response) => json(alpacaPage('TEST', [], `t${token++}`))(request, response),
    ]);
    expect(error).toMatchObject({
      code: 'provider_bad_answer',
      message: expect.stringContaining('60 pages'),
    });
    expect(asked).toHaveLength(60);
  });

  it('by an endless body ends at the limit of bytes', async () => {
    const limits = { ...DEFAULT_REQUEST_LIMITS, bytes: 500 };
    const { error } = await collect([good], ALPACA, limits);
    expect(error).toMatchObject({
      code: 'provider_bad_answer',
      message: expect.stringContaining('500 bytes'),
    });
  });

  it.each([
    ['a rate limit', 429, 'provider_rate_limited'],
    ['a provider that is out', 503, 'provider_unavailable'],
  ])('of %s is not waited for longer than a job may take: the queue tries later', async (_, status, code) => {
    const { error, waits, asked } = await collect([json({}, status, { 'retry-after': '3600' })]);
    expect(error).toMatchObject({
      code,
      retryable: true,
      message: expect.stringContaining('asks to wait 3600 s'),
    });
    expect(waits).toEqual([]);
    expect(asked).toHaveLength(1);
  });

  it('gets no more requests when the time of the job is used up', async () => {
    const { error, asked } = await collect([json({}, 429, { 'retry-after': '20' })]);
    expect(error).toMatchObject({ code: 'provider_rate_limited' });
    // At 0, 20 and 40 s; the next would be at 60.
    expect(asked).toHaveLength(3);
  });

  it('of Tiingo by a sentence with status 200 is a rate limit', async () => {
    const sentence = 'Error: You have run over your hourly request allocation. Please upgrade.';
    const { error } = await collect([text(sentence, 200, { 'content-type': 'text/plain' })], TIINGO);
    expect(error).toMatchObject({ code: 'provider_rate_limited', retryable: true });
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
      /bars\.3\.c: a price is a number above 0, not "101"/,
    ],
    ['a price that is null', at(3, { open: Number.NaN }), /bars\.3\.o: .*not null/],
    ['a negative price', at(2, { low: -1 }), /bars\.2\.l: a price is a number above 0, not -1/],
    ['a price of zero', at(2, { low: 0 }), /bars\.2\.l/],
    [
      'an infinite price',
      text('{"symbol":"TEST","bars":[{"t":"2024-03-01T05:00:00Z","o":1e999,"h":2,"l":1,"c":1,"v":1}]}'),
      /bars\.0\.o/,
    ],
    ['a negative volume', at(2, { volume: -5 }), /bars\.2\.v/],
    ['a high below the low', at(2, { high: 90 }), /bar 3 \(2024-03-05\): high 90 is below low/],
    [
      'a close outside',
      at(2, { close: 190, high: 120 }),
      /bar 3 \(2024-03-05\): open .* and close 190 must lie between/,
    ],
    ['a bar twice', changed((list) => list.splice(3, 0, list[3])), /bar 5 \(2024-03-06\): it is there twice/],
    ['disorder', changed((list) => list.reverse()), /bar 2 \(2024-03-14\): it comes after 2024-03-15/],
    [
      'the future',
      changed((list) => list.push({ ...list[10], time: '2024-03-18' })),
      /bar 12 \(2024-03-18\): it lies after/,
    ],
    [
      'a holiday',
      changed((list) => list.push({ ...list[10], time: '2024-03-16' })),
      /bar 12 \(2024-03-16\): New York has no session/,
    ],
    [
      'a bar from before',
      changed((list) => list.unshift({ ...list[0], time: '2024-02-29' })),
      /bar 1 .*lies before 2024-03-01/,
    ],
    [
      'a day that begins at noon',
      changed((list) => {
        list[1] = { ...list[1], time: '2024-03-04T12:00:00Z' };
      }),
      /bar 2 of a page .*not midnight in New York/,
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
      const query = { symbol: 'TEST', timeframe: '1D', from: '2024-03-01', now } as const;
      return await collectBars(provider, query);
    };
    // The close is at 20:00; a bar settles for 20 minutes.
    expect((await at('2024-03-15T20:19:00Z')).bars.at(-1)!.time).toBe('2024-03-14');
    expect((await at('2024-03-15T20:19:00Z')).gaps).toEqual([]);
    expect((await at('2024-03-15T20:20:00Z')).bars.at(-1)!.time).toBe('2024-03-15');
  });
});

describe('keys', () => {
  const planted = Object.values(KEYS);
  const echo =
    (status: number, type = 'application/json'): ProviderAnswer =>
    (request, response) =>
      response
        .writeHead(status, { 'content-type': type })
        .end(JSON.stringify({ message: `${'x'.repeat(130)} ${Object.values(request.headers).join(' ')}` }));

  it.each<[string, BarSource, ProviderAnswer]>([
    ...[ALPACA, TIINGO].flatMap((source) =>
      [200, 302, 400, 401, 403, 404, 429, 500].map(
        (status) =>
          [`${source.provider} ${status}`, source, echo(status)] as [string, BarSource, ProviderAnswer],
      ),
    ),
    ['alpaca in HTML', ALPACA, echo(200, 'text/html')],
    [
      ...['alpaca as a price', ALPACA],
      (request: Parameters<ProviderAnswer>[0], response: Parameters<ProviderAnswer>[1]) =>
        json({
          symbol: `TEST ${request.headers['apca-api-key-id']}`,
          bars: [
            { t: `${' '.repeat(40)}${request.headers['apca-api-secret-key']}`, o: 1, h: 1, l: 1, c: 1, v: 1 },
          ],
        })(request, response),
    ] as never,
  ])('are in no message, however they are echoed: %s', async (_, source, answer) => {
    const { error } = await collect([answer], source);
    const said = `${error!.message} ${error!.stack} ${JSON.stringify(error!.details)}`;
    for (const key of planted) {
      // Nor a part of one.
      for (let i = 0; i + 8 <= key.length; i++) expect(said).not.toContain(key.slice(i, i + 8));
    }
  });

  it('are in no message of the platform either, which names headers that it refuses', async () => {
    const environment = parseProviderEnvironment((name) => (KEYS as Record<string, string>)[name]);
    const refusing: ProviderHost = {
      ...host().host,
      request: async (_, init) => {
        throw new TypeError(`invalid header value: ${JSON.stringify(init.headers)}`);
      },
    };
    const provider = createProvider(ALPACA, { environment, host: refusing, subject: 'x' });
    const query = { symbol: 'TEST', timeframe: '1D', from: '2024-03-01', now: NOW } as const;
    const error: ProviderError = await collectBars(provider, query).catch((thrown) => thrown);
    expect(error).toMatchObject({
      code: 'provider_unavailable',
      message: expect.stringContaining('"APCA-API-SECRET-KEY":"[key]"'),
    });
    for (const key of planted) expect(`${error.message} ${error.stack}`).not.toContain(key);
  });

  it('that are missing are named by their variables', () => {
    const { host: it } = host();
    const setup = { environment: parseProviderEnvironment(() => undefined), host: it, subject: 'x' };
    expect(() => createProvider(ALPACA, setup)).toThrow(
      expect.objectContaining({
        code: 'provider_not_configured',
        message: expect.stringContaining('ALPACA_KEY_ID'),
      }),
    );
    expect(() => createProvider(TIINGO, setup)).toThrow(
      expect.objectContaining({ message: expect.stringContaining('TIINGO_TOKEN') }),
    );
  });

  it('that are no keys are refused by their variables, without repeating them', () => {
    const refusal = (values: Record<string, string>) => {
      try {
        parseProviderEnvironment((name) => values[name]);
        return undefined;
      } catch (error) {
        return error as Error & { code: string };
      }
    };
    const broken = refusal({ TIINGO_TOKEN: 'secret-with\nnewline' });
    expect(broken?.code).toBe('invalid_key');
    expect(broken?.message).not.toContain('newline');
    expect(refusal({ ALPACA_KEY_ID: KEYS.ALPACA_KEY_ID })).toMatchObject({
      code: 'incomplete_key',
      message: expect.stringMatching(/^ALPACA_SECRET_KEY is missing/),
    });
    for (const url of ['http://data.alpaca.markets', 'ftp://x', 'https://user:pass@host', 'https://h?x=1']) {
      expect(refusal({ ALPACA_BASE_URL: url })?.code).toBe('invalid_base_url');
    }
  });
});

describe('half sessions', () => {
  it('are not asked of Tiingo', async () => {
    const environment = parseProviderEnvironment((name) => ({ ...KEYS, TIINGO_BASE_URL: server.url })[name]);
    const provider = createProvider(TIINGO, { environment, host: host().host, subject: 'x' });
    server.answerWith();
    const query = { symbol: 'TEST', timeframe: '4h', from: '2024-03-01', now: NOW } as const;
    await expect(collectBars(provider, query)).rejects.toMatchObject({
      code: 'unsupported_timeframe',
      message: expect.stringContaining('tiingo'),
    });
    expect(server.asked).toEqual([]);
  });
});
