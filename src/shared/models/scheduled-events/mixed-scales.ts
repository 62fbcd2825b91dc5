import {
  type PredictiveDistribution,
  QUANTILE_LEVELS,
} from '../../numerics/distributions/predictive-distribution.ts';
import type { PossibleFactor } from './event-factors.ts';

/**
 * The mixture of a distribution with itself, its returns multiplied by each possible factor, by their probabilities:
 * what is expected of a bar that an event may move, or not. Mean and scale are the mixture's.
 *
 * Its quantiles are read off the quantiles of all parts in order, each of which stands for as much probability as
 * lies between two levels, half of it on either side; by linear interpolation.
 */
export function mixedScales(
  { mean, scale, quantiles }: PredictiveDistribution,
  possible: readonly PossibleFactor[],
): PredictiveDistribution {
  return {
    mean: mean * meanFactor(possible),
    scale: scale * scaleFactor(possible),
    quantiles:
      possible.length === 1
        ? quantiles.map((quantile) => quantile * possible[0].factor)
        : mixedQuantiles(quantiles, possible),
  };
}

function mixedQuantiles(quantiles: Float64Array, possible: readonly PossibleFactor[]): Float64Array {
  const between = QUANTILE_LEVELS[0];
  const points = possible
    .flatMap(({ factor, probability }) =>
      Array.from(quantiles, (quantile) => ({ value: factor * quantile, weight: probability * between })),
    )
    .sort((a, b) => a.value - b.value);
  const mixed = new Float64Array(quantiles.length);
  let point = 0;
  let level = (between + points[0].weight) / 2;
  QUANTILE_LEVELS.forEach((wanted, i) => {
    mixed[i] = points[point].value;
    while (point + 1 < points.length) {
      const next = level + (points[point].weight + points[point + 1].weight) / 2;
      const from = points[point].value;
      if (next >= wanted) {
        const share = Math.max(0, (wanted - level) / (next - level));
        mixed[i] = from + share * (points[point + 1].value - from);
        return;
      }
      point++;
      level = next;
      mixed[i] = points[point].value;
    }
  });
  return mixed;
}

/** The expected factor: by how much the mean is multiplied. */
export function meanFactor(possible: readonly PossibleFactor[]): number {
  return possible.reduce((sum, { factor, probability }) => sum + probability * factor, 0);
}

/** The root of the expected squared factor: by how much the standard deviation is multiplied. */
export function scaleFactor(possible: readonly PossibleFactor[]): number {
  return Math.sqrt(possible.reduce((sum, { factor, probability }) => sum + probability * factor * factor, 0));
}
