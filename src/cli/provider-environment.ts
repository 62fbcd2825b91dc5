import { PROVIDER_VARIABLES, parseProviderEnvironment } from '../shared/contracts/environment.ts';
import { ALPACA_URL } from '../shared/market-data/alpaca.ts';
import { CBOE_URL } from '../shared/market-data/cboe.ts';
import { TIINGO_URL } from '../shared/market-data/tiingo.ts';

/** Hosts that the functions may ask for bars. */
export const PROVIDER_HOSTS: readonly string[] = [ALPACA_URL, TIINGO_URL, CBOE_URL].map(
  (url) => new URL(url).host,
);

/** Variables by their name, as `process.env` has them. */
type Variables = Readonly<Record<string, string | undefined>>;

/**
 * The providers' keys, for the functions, which see no other part of this process's environment. Checked here, so that a wrong one
 * is told before anything starts.
 *
 * @param environment this process's
 * @param file what `supabase/functions/.env` says; the process's environment wins over it
 * @returns those that `environment` sets
 * @throws InvalidInputError `invalid_key`, `incomplete_key`, `invalid_base_url`
 */
export function providerEnvironment(environment: Variables, file: Variables): Record<string, string> {
  parseProviderEnvironment((name) => environment[name] || file[name]);
  return Object.fromEntries(
    PROVIDER_VARIABLES.flatMap((name) => {
      const value = environment[name];
      return value ? [[name, value]] : [];
    }),
  );
}
