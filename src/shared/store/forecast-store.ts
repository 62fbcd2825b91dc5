import { forecastStateSchema } from '../contracts/forecast-state.ts';
import { ensembleNameSchema } from '../contracts/names.ts';
import { parse } from '../contracts/parse.ts';
import { InvalidInputError } from '../errors/invalid-input-error.ts';
import type { ForecastStore } from '../jobs/forecast-on-request.ts';
import type { Json } from '../json.ts';
import type { PlumblineClient } from './client.ts';
import type { Json as DatabaseJson } from './database.types.ts';
import { readBarRules } from './read-bar-rules.ts';
import { readCovariateNames } from './read-covariate-names.ts';
import { readCovariates } from './read-covariates.ts';
import { readEvents } from './read-events.ts';
import { readForecastContext } from './read-forecast-context.ts';
import { readSeries } from './read-series.ts';
import { readSetting } from './read-setting.ts';
import type { StoredForecast } from './stored-forecast.ts';
import { unwrap } from './unwrap.ts';

/** What answering a request takes, from the database. */
export function forecastStore(client: PlumblineClient): ForecastStore {
  return {
    async state(symbols, horizon, userId) {
      const states = await client.rpc('forecast_state', {
        p_symbols: [...symbols],
        p_horizon: horizon,
        ...(userId === null ? {} : { p_requested_by: userId }),
      });
      return parse(forecastStateSchema, unwrap(states), 'The state of the forecasts');
    },

    async artifact(id) {
      const row = unwrap(await client.from('artifacts').select('*').eq('id', id).single());
      return {
        id,
        ensemble: parse(ensembleNameSchema, row.ensemble, 'The ensemble'),
        configHash: row.config_hash,
        codeVersion: row.code_version,
        covariates: await readCovariateNames(client, row.config_hash),
        state: row.state as Json,
      };
    },

    async fittedBars(horizon) {
      const { [horizon]: sizes } = await readSetting(client, 'window_sizes');
      if (sizes === undefined) {
        throw new InvalidInputError(
          'invalid_window_sizes',
          `The setting window_sizes has no sizes for ${horizon}: add them with change_setting`,
        );
      }
      return sizes.train + sizes.validation;
    },

    onMemberFailure: () => readSetting(client, 'on_member_failure'),

    readSeries: (symbol, timeframe, from, count) => readSeries(client, symbol, timeframe, from, count),

    barRules: (symbol) => readBarRules(client, symbol),

    readEvents: (...wanted) => readEvents(client, ...wanted),
    readCovariates: (...wanted) => readCovariates(client, ...wanted),

    readContext: (subject) => readForecastContext(client, subject),

    async storeForecast(artifactId, row, restatedAt) {
      return unwrap(
        await client.rpc('store_requested_forecast', {
          p_artifact_id: artifactId,
          p_row: row as DatabaseJson,
          p_restated_at: restatedAt,
        }),
      );
    },

    async plan(symbols, horizon, userId) {
      return unwrap(
        await client.rpc('request_forecasts', {
          p_symbols: [...symbols],
          p_horizon: horizon,
          ...(userId === null ? {} : { p_requested_by: userId }),
        }),
      );
    },
  };
}

/** Stored forecasts by id, ordered by symbol. @throws StoreError */
export async function readForecasts(
  client: PlumblineClient,
  ids: readonly number[],
): Promise<StoredForecast[]> {
  if (ids.length === 0) return [];
  return unwrap(
    await client
      .from('vw_forecasts')
      .select('*')
      .in('id', [...ids])
      .order('symbol')
      .overrideTypes<StoredForecast[], { merge: false }>(),
  );
}
