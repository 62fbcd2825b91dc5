import { join, relative } from 'node:path';
import type { Stack } from '../local/stack.ts';
import { DEFAULT_DATA_DIRECTORY } from './data-directory.ts';

/**
 * What a person needs to use the stack that now serves.
 *
 * @param data the stack's data directory
 * @param symbol one that has a forecast, for the example
 */
export function servingNotice(
  stack: Pick<Stack, 'url' | 'publishableKey'>,
  { data, symbol }: { readonly data: string; readonly symbol: string },
): string {
  const { url, publishableKey } = stack;
  const isDefault = data === DEFAULT_DATA_DIRECTORY;
  const shown = isDefault ? relative(process.cwd(), data) : data;
  const option = isDefault ? '' : ` --data ${/^[\w./-]+$/.test(data) ? data : `'${data}'`}`;
  return `
Serving. Ctrl-C ends it; the data stays in ${shown}.

  Data API      ${url}/rest/v1
  Auth          ${url}/auth/v1
  Functions     ${url}/functions/v1
  key for apps  ${publishableKey}
  secret keys   in ${join(shown, 'keys.json')}, the database's passwords too

Sign up and read the forecasts as a user:

  curl -s ${url}/auth/v1/signup -H 'apikey: ${publishableKey}' \\
    -H 'content-type: application/json' -d '{"email":"you@example.com","password":"a long password"}'
  curl -s '${url}/rest/v1/current_forecasts?select=symbol,target_time,forecast_price,lower_90,upper_90' \\
    -H 'apikey: ${publishableKey}' -H 'authorization: Bearer ACCESS_TOKEN_OF_THE_ANSWER'

From the command line: npm run plumbline -- forecast ${symbol}${option}
`;
}
