import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { NEW_YORK } from '../../../src/shared/calendars/built-in-calendars.ts';
import { parseProviderEnvironment } from '../../../src/shared/contracts/environment.ts';
import type { BarSource } from '../../../src/shared/contracts/market-data.ts';
import type { ProviderError } from '../../../src/shared/errors/provider-error.ts';
import { createProvider } from '../../../src/shared/market-data/create-provider.ts';
import { HistoryFetch } from '../../../src/shared/market-data/history-fetch.ts';
import type { ProviderHost } from '../../../src/shared/market-data/provider-client.ts';
import {
  json,
  type ProviderAnswer,
  type ProviderServer,
  startProviderServer,
} from '../../support/provider-server.ts';
import { ALPACA, collectFrom, host, KEYS, NOW, TIINGO } from './asked-provider.ts';

let server: ProviderServer;
beforeAll(async () => {
  server = await startProviderServer();
});
afterAll(() => server.stop());

const collect = (answers: ProviderAnswer[], source?: BarSource) => collectFrom(server, answers, source);

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
    const query = {
      symbol: 'TEST',
      timeframe: '1D',
      calendar: NEW_YORK,
      from: '2024-03-01',
      now: NOW,
    } as const;
    const error: ProviderError = await new HistoryFetch(provider, query).all().catch((thrown) => thrown);
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
