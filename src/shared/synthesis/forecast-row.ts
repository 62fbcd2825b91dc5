import exp from '@stdlib/math-base-special-exp';
import type { EnsembleName } from '../ensemble/ensemble-configuration.ts';
import type { EnsembleForecast, EnsembleMember } from '../ensemble/fitted-ensemble.ts';
import type { Json } from '../models/forecaster.ts';
import { QUANTILE_LEVELS } from '../models/predictive-distribution.ts';
import type { Series } from '../series/series.ts';
import { INTERVAL_COVERAGES, predictionInterval } from './prediction-interval.ts';
import { probabilityAbove } from './probability-above.ts';
import { quantileAt } from './quantile-at.ts';
import { targetTime } from './target-time.ts';

/** What a forecast's row says beside the distribution. */
export interface ForecastIdentity {
  readonly horizon: string;
  readonly ensemble: EnsembleName;
  readonly configHash: string;
  readonly codeVersion: string;
}

/**
 * A row of `forecasts` from a predictive distribution: the log return's quantiles, and prices from the last close.
 *
 * @param history the bars that were known; the forecast starts at its last close
 */
export function forecastRow(
  forecast: EnsembleForecast,
  members: readonly EnsembleMember[],
  history: Series,
  identity: ForecastIdentity,
): { readonly [column: string]: Json } {
  const { distribution } = forecast;
  const last = history.times.length - 1;
  const lastClose = history.close[last];
  const intervals = INTERVAL_COVERAGES.flatMap((coverage) => {
    const { lower, upper } = predictionInterval(distribution, coverage, lastClose);
    return [
      [`lower_${coverage}`, lower],
      [`upper_${coverage}`, upper],
    ] as const;
  });
  return {
    symbol: history.symbol,
    horizon: identity.horizon,
    ensemble: identity.ensemble,
    config_hash: identity.configHash,
    code_version: identity.codeVersion,
    data_cutoff: history.times[last],
    target_time: targetTime(history),
    last_close: lastClose,
    forecast_return: distribution.mean,
    forecast_price: lastClose * exp(quantileAt(distribution, 0.5)),
    scale: distribution.scale,
    probability_up: probabilityAbove(distribution, 0),
    ...Object.fromEntries(intervals),
    quantile_levels: QUANTILE_LEVELS,
    return_quantiles: [...distribution.quantiles],
    members: members.map(({ name, weight, hyperparameters }) => ({
      name,
      weight,
      mean: forecast.members[name]!.mean,
      scale: forecast.members[name]!.scale,
      hyperparameters,
    })),
  };
}
