import { NEW_YORK } from '../../../src/shared/calendars/built-in-calendars.ts';
import { parseProviderEnvironment } from '../../../src/shared/contracts/environment.ts';
import type { BarSource } from '../../../src/shared/contracts/market-data.ts';
import type { ProviderError } from '../../../src/shared/errors/provider-error.ts';
import type { BarQuery } from '../../../src/shared/market-data/bar-provider.ts';
import { createProvider } from '../../../src/shared/market-data/create-provider.ts';
import { HistoryFetch } from '../../../src/shared/market-data/history-fetch.ts';
import {
  DEFAULT_REQUEST_LIMITS,
  type ProviderHost,
} from '../../../src/shared/market-data/provider-client.ts';
import {
  alpacaPage,
  json,
  neverEnding,
  type PlainBar,
  type ProviderAnswer,
  type ProviderServer,
} from '../../support/provider-server.ts';
import { dailyBars } from './plain-bars.ts';

/** Planted, to be looked for where they must not be. */
export const KEYS = {
  ALPACA_KEY_ID: 'PKPLANTEDKEYID000001',
  ALPACA_SECRET_KEY: 'planted-secret-key-0123456789abcdef',
  TIINGO_TOKEN: 'planted-token-fedcba9876543210',
};
export const NOW = '2024-03-15T21:30:00.000Z';
export const ALPACA = { provider: 'alpaca', feed: 'iex', adjustment: 'all' } as const;
export const TIINGO = { provider: 'tiingo', feed: 'eod', adjustment: 'all' } as const;
export const CBOE = { provider: 'cboe', feed: 'eod', adjustment: 'raw' } as const;
export const BARS = dailyBars('2024-03-01', 11);

/** Real requests; time passes only by waiting. @param patience milliseconds after which a timeout comes at the latest */
export function host(patience = 15_000) {
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

/** What is collected from a provider whose server gives these answers. */
export async function collectFrom(
  server: ProviderServer,
  answers: ProviderAnswer[],
  source: BarSource = ALPACA,
  limits = DEFAULT_REQUEST_LIMITS,
  asked: Pick<BarQuery, 'closesOnly'> = {},
) {
  server.answerWith(...answers);
  const { host: it, waits } = host(answers.includes(neverEnding) ? 500 : undefined);
  const urls = {
    ...{ ALPACA_BASE_URL: server.url, TIINGO_BASE_URL: `${server.url}/`, CBOE_BASE_URL: server.url },
  };
  const environment = parseProviderEnvironment((name) => ({ ...KEYS, ...urls })[name]);
  const provider = createProvider(source, { environment, host: it, subject: 'test', limits });
  const query = {
    symbol: 'TEST',
    timeframe: '1D',
    calendar: NEW_YORK,
    from: '2024-03-01',
    now: NOW,
    ...asked,
  } as const;
  let error: ProviderError | undefined;
  const collected = await new HistoryFetch(provider, query).all().catch((thrown) => {
    error = thrown;
    return null;
  });
  const { bars, gaps } = collected ?? { bars: null, gaps: null };
  return { bars, gaps, error, waits, asked: [...server.asked] };
}

export const good = json(alpacaPage('TEST', BARS));
/** A page whose bars were tampered with. */
export const changed = (change: (bars: PlainBar[]) => unknown) => {
  const bars: PlainBar[] = structuredClone(BARS);
  change(bars);
  return json(alpacaPage('TEST', bars));
};
