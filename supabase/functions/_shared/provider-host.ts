import type { ProviderHost } from '../../../src/shared/market-data/provider-client.ts';

/** The platform's network and clocks, for asking a provider. */
export const providerHost: ProviderHost = {
  request: (url, init) => fetch(url, init),
  timeout: (milliseconds) => AbortSignal.timeout(milliseconds),
  sleep: (milliseconds) => new Promise((resolve) => setTimeout(resolve, milliseconds)),
  monotonicClock: () => performance.now(),
  now: () => new Date().toISOString(),
};
