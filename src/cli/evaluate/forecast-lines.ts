import type { EnsembleConfiguration } from '../../shared/ensemble/ensemble-configuration.ts';
import type { ObservedForecasts } from '../../shared/evaluation/forecast-observer.ts';
import type { Window } from '../../shared/evaluation/rolling-windows.ts';
import { MEMBER_NAMES } from '../../shared/models/forecaster.ts';
import { QUANTILE_LEVELS } from '../../shared/numerics/distributions/predictive-distribution.ts';
import { logReturns } from '../../shared/series/log-returns.ts';
import type { Series } from '../../shared/series/series.ts';

/** Significant digits of what is printed: a float has 15 to 17, and no test of forecasts needs more than these. */
const DIGITS = 9;

/** The header of the file of `--forecasts`. Weights are a combination's alone; q0.05 is the quantile of 5 %. */
export const FORECAST_HEADER = `${[
  ...['ensemble', 'symbol', 'window_id', 'model', 'date', 'cutoff', 'realised', 'mean', 'scale'],
  ...MEMBER_NAMES.map((name) => `weight_${name}`),
  ...QUANTILE_LEVELS.map((level) => `q${level}`),
].join(',')}\n`;

/**
 * Lines of the file of `--forecasts`, one a bar: returns are log returns, as fractions; `date` is the bar that the
 * forecast ends with, `cutoff` the last one that it had seen.
 *
 * @param series the bars of the window
 * @param window within `series`
 * @param steps bars that a forecast looks ahead
 */
export function forecastLines(
  { symbol, times, close }: Series,
  { windowId }: Window,
  { ensemble, weighting = 'simple_avg' }: EnsembleConfiguration,
  steps: number,
  { model, from, forecasts, weights }: ObservedForecasts,
): string {
  const realised = logReturns(close, steps);
  // As the report names it.
  const name = model === weighting ? 'ensemble' : model;
  return forecasts
    .map(({ mean, scale, quantiles }, i) => {
      const bar = from + i;
      const cells = [
        ...[ensemble, symbol, windowId, name, times[bar + steps - 1], times[bar - 1]],
        ...[realised[bar - 1], mean, scale].map(printed),
        ...MEMBER_NAMES.map((member) => printed(weights?.[i][member])),
        ...Array.from(quantiles, printed),
      ];
      return `${cells.join(',')}\n`;
    })
    .join('');
}

function printed(value: number | undefined): string {
  return value === undefined ? '' : String(Number(value.toPrecision(DIGITS)));
}
