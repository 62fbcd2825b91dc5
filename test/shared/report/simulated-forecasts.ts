import { normalQuantile } from '../../../src/shared/numerics/distributions/normal.ts';
import { QUANTILE_LEVELS } from '../../../src/shared/numerics/distributions/predictive-distribution.ts';
import { SeededRandom } from '../../../src/shared/numerics/random.ts';
import type { ForecastsByModel } from '../../../src/shared/report/symbol-tests.ts';
import { scoreForecasts } from '../../../src/shared/scores/scored-forecasts.ts';

const standard = Float64Array.from(QUANTILE_LEVELS, (level) => normalQuantile(level));

/**
 * Normal forecasts of returns whose scale is 1 and 3 % by turns of 50 bars. `knowing` knows it, `twin` forecasts the same, `narrow`
 * knows it and promises too much, `blind` and `fhs` forecast one scale for all.
 */
export function simulatedForecasts(symbol: string, seed: number, bars = 500): ForecastsByModel {
  const random = new SeededRandom(seed);
  const scaleOf = (bar: number) => (bar % 100 < 50 ? 0.01 : 0.03);
  const realised = Float64Array.from({ length: bars }, (_, bar) => scaleOf(bar) * random.normal());
  const times = Array.from({ length: bars }, (_, bar) =>
    new Date(Date.UTC(2020, 0, 1 + bar)).toISOString().slice(0, 10),
  );
  const scored = (scale: (bar: number) => number) =>
    scoreForecasts(
      times.map((_, bar) => ({ mean: 0, scale: scale(bar), quantiles: standard.map((z) => scale(bar) * z) })),
      realised,
    );
  const fhs = scored(() => 0.02);
  const models = {
    knowing: scored(scaleOf),
    twin: scored(scaleOf),
    narrow: scored((bar) => 0.7 * scaleOf(bar)),
    blind: scored(() => 0.024),
    fhs,
  };
  return Object.fromEntries(
    Object.entries(models).map(([name, model]) => [
      name,
      { symbol, times, onEvent: null, model, noChange: fhs, fhs },
    ]),
  );
}
