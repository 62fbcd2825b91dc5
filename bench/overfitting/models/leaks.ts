import ln from '@stdlib/math-base-special-ln';
import { distributionFromResiduals } from '../../../src/shared/models/empirical-residuals.ts';
import type { Series } from '../../../src/shared/series/series.ts';
import type { ZooModel } from '../zoo-model.ts';
import { reshaped } from '../zoo-window.ts';

/** Share of the very return it forecasts that the peeking mean knows. */
const PEEK = 0.05;

/** Standard deviation of a Wiener process over its expected log range: 1 / sqrt(8 / pi) (Parkinson 1980). */
const DEVIATION_PER_RANGE = 0.6266570686577501;

/** Filtered historical simulation whose mean is moved by a twentieth of the return that is to come. */
const peekingMean: ZooModel = {
  name: `mean peeks at ${100 * PEEK} % of the next return`,
  group: 'leak',
  fit: () => (stretch) =>
    stretch.fhs.map((forecast, i) =>
      reshaped(forecast, forecast.mean + PEEK * (stretch.returns[stretch.from + i] - forecast.mean)),
    ),
};

/**
 * A scale that is the range of the very day (Parkinson 1980), with the shape of the residuals that it left on the known bars; the mean is
 * that of filtered historical simulation. A bar without a range has that simulation's forecast.
 */
const rangeOfTheDay: ZooModel = {
  name: "scale knows the day's range",
  group: 'leak',
  fit(input) {
    const residuals: number[] = [];
    for (let bar = 1; bar < input.returns.length; bar++) {
      const scale = rangeScale(input.series, bar);
      if (scale > 0) residuals.push(input.returns[bar] / scale);
    }
    const sorted = Float64Array.from(residuals).sort();
    return (stretch) =>
      stretch.fhs.map((forecast, i) => {
        const scale = rangeScale(stretch.series, stretch.from + i);
        return scale > 0 && sorted.length > 0
          ? distributionFromResiduals(forecast.mean, scale, sorted)
          : forecast;
      });
  },
};

function rangeScale({ high, low }: Series, bar: number): number {
  return ln(high[bar] / low[bar]) * DEVIATION_PER_RANGE;
}

/** Models that see a little of what they forecast, in every part. */
export const LEAKS: readonly ZooModel[] = [peekingMean, rangeOfTheDay];
