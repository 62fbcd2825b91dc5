import { forecastContextSchema } from '../contracts/forecast-context.ts';
import { parse } from '../contracts/parse.ts';
import type { ForecastSubject } from '../jobs/forecast-subject.ts';
import type { ForecastContext } from '../synthesis/circumstances.ts';
import type { PlumblineClient } from './client.ts';
import { unwrap } from './unwrap.ts';

/** What the database knows of a symbol, horizon and configuration. @throws StoreError */
export async function readForecastContext(
  client: PlumblineClient,
  { symbol, horizon, configHash }: ForecastSubject,
): Promise<ForecastContext> {
  const context = unwrap(
    await client.rpc('forecast_context', {
      p_symbol: symbol,
      p_horizon: horizon,
      p_config_hash: configHash,
    }),
  );
  return parse(forecastContextSchema, context, `The context of ${symbol} ${horizon}`);
}
