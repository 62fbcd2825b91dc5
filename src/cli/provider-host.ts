import { setTimeout as sleep } from 'node:timers/promises';
import type { ProviderHost } from '../shared/market-data/provider-client.ts';

/** Node's network and clocks, for asking a provider. */
export const providerHost: ProviderHost = {
  request: (url, init) => fetch(url, init),
  timeout: (milliseconds) => AbortSignal.timeout(milliseconds),
  sleep,
  monotonicClock: () => performance.now(),
  now: () => new Date().toISOString(),
};
