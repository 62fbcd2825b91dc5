import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { BarSource } from '../../../src/shared/contracts/market-data.ts';
import {
  DEFAULT_REQUEST_LIMITS,
  type RequestLimits,
} from '../../../src/shared/market-data/provider-client.ts';
import {
  alpacaPage,
  cutOff,
  json,
  neverEnding,
  type ProviderAnswer,
  type ProviderServer,
  startProviderServer,
  text,
} from '../../support/provider-server.ts';
import { ALPACA, BARS, collectFrom, good, TIINGO } from './asked-provider.ts';

let server: ProviderServer;
beforeAll(async () => {
  server = await startProviderServer();
});
afterAll(() => server.stop());

const collect = (answers: ProviderAnswer[], source?: BarSource, limits?: RequestLimits) =>
  collectFrom(server, answers, source, limits);

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
    ['the same page and token for ever', page, 'provider_bad_answer', /it comes after 2024-03-15/, false, 2],
    ['the same page under new tokens', fresh, 'provider_bad_answer', /it comes after 2024-03-15/, false, 2],
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
