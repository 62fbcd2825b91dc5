import exp from '@stdlib/math-base-special-exp';
import type { EnsembleName } from '../ensemble/ensemble-configuration.ts';
import type { EnsembleForecast, FittedEnsemble } from '../ensemble/fitted-ensemble.ts';
import type { Json } from '../json.ts';
import { QUANTILE_LEVELS } from '../numerics/distributions/predictive-distribution.ts';
import type { Horizon } from '../series/horizon.ts';
import type { Series } from '../series/series.ts';
import type { Circumstances } from './circumstances.ts';
import { INTERVAL_COVERAGES, predictionInterval } from './prediction-interval.ts';
import { quantileAt } from './quantile-at.ts';
import type { Remark } from './remark.ts';
import { synthesise } from './synthesise.ts';
import { targetTime } from './target-time.ts';

/** What a forecast's row says beside the distribution. */
export interface ForecastIdentity {
  readonly horizon: Horizon;
  readonly ensemble: EnsembleName;
  readonly configHash: string;
  readonly codeVersion: string;
}

/**
 * A row of `forecasts` from a predictive distribution: the log return's quantiles, prices from the last close, and what a
 * person reads of them (see `synthesise`).
 *
 * @param ensemble the one that made the forecast
 * @param history the bars that were known; the forecast starts at its last close
 */
export function forecastRow(
  forecast: EnsembleForecast,
  ensemble: FittedEnsemble,
  history: Series,
  identity: ForecastIdentity,
  circumstances: Circumstances,
): { readonly [column: string]: Json } {
  const { distribution } = forecast;
  const synthesis = synthesise(forecast, ensemble, history, identity.horizon, circumstances);
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
    probability_up: synthesis.probabilityUp,
    direction: synthesis.direction,
    confidence: synthesis.confidence,
    direction_thresholds: { ...circumstances.thresholds },
    agreement: synthesis.agreement.share,
    mean_spread: synthesis.agreement.meanSpread,
    scale_ratio: synthesis.agreement.scaleRatio,
    drivers: synthesis.drivers.map(remarkJson),
    quality_notes: synthesis.qualityNotes.map(remarkJson),
    ...Object.fromEntries(intervals),
    quantile_levels: QUANTILE_LEVELS,
    return_quantiles: [...distribution.quantiles],
    members: synthesis.members.map((part) => ({
      name: part.name,
      weight: part.weight,
      mean: part.mean,
      scale: part.scale,
      probability_up: part.probabilityUp,
      direction: part.direction,
      mean_contribution: part.meanContribution,
      scale_contribution: part.scaleContribution,
      hyperparameters: part.hyperparameters,
    })),
  };
}

function remarkJson({ code, sentence, figures }: Remark): Json {
  return { code, sentence, figures };
}
