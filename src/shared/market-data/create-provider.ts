import type { ProviderEnvironment } from '../contracts/environment.ts';
import type { BarSource } from '../contracts/market-data.ts';
import { ProviderError } from '../errors/provider-error.ts';
import { deriveSeed } from '../numerics/derive-seed.ts';
import { SeededRandom } from '../numerics/random.ts';
import { ALPACA_URL, AlpacaBars } from './alpaca.ts';
import type { BarProvider } from './bar-provider.ts';
import { CBOE_URL, CboeBars } from './cboe.ts';
import { ProviderClient, type ProviderHost, type RequestLimits } from './provider-client.ts';
import { TIINGO_URL, TiingoBars, tiingoSaysLimited } from './tiingo.ts';

/** What a provider is made with, beside its source. */
export interface ProviderSetup {
  readonly environment: ProviderEnvironment;
  readonly host: ProviderHost;
  /** Names what it is asked for, so that its jitter is its own. */
  readonly subject: string;
  /** Default `DEFAULT_REQUEST_LIMITS`. */
  readonly limits?: RequestLimits;
}

/**
 * The provider of a source. Its time runs from here on: make one for each job.
 *
 * @throws ProviderError `provider_not_configured` when the environment lacks its key
 */
export function createProvider(source: BarSource, setup: ProviderSetup): BarProvider {
  const { environment, host, subject, limits } = setup;
  const random = new SeededRandom(deriveSeed(0, source.provider, subject));
  if (source.provider === 'alpaca') {
    if (environment.alpaca === null) throw notConfigured('Alpaca', 'ALPACA_KEY_ID and ALPACA_SECRET_KEY');
    const { keyId, secretKey } = environment.alpaca;
    const client = new ProviderClient({
      ...{ provider: 'Alpaca', host, random, limits, secrets: [keyId, secretKey] },
      headers: { 'APCA-API-KEY-ID': keyId, 'APCA-API-SECRET-KEY': secretKey },
    });
    return new AlpacaBars(source, client, environment.alpacaUrl ?? ALPACA_URL);
  }
  if (source.provider === 'cboe') {
    const client = new ProviderClient({ provider: 'Cboe', host, random, limits, secrets: [], headers: {} });
    return new CboeBars(source, client, environment.cboeUrl ?? CBOE_URL);
  }
  if (environment.tiingo === null) throw notConfigured('Tiingo', 'TIINGO_TOKEN');
  const { token } = environment.tiingo;
  const client = new ProviderClient({
    ...{ provider: 'Tiingo', host, random, limits, secrets: [token], saysLimited: tiingoSaysLimited },
    headers: { Authorization: `Token ${token}` },
  });
  return new TiingoBars(source, client, environment.tiingoUrl ?? TIINGO_URL);
}

function notConfigured(provider: string, variables: string): ProviderError {
  return new ProviderError(
    'provider_not_configured',
    `${provider} is asked for bars, but the functions' environment lacks ${variables}`,
    false,
  );
}
