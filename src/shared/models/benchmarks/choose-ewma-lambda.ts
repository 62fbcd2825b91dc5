import ln from '@stdlib/math-base-special-ln';
import { EwmaFilter } from './ewma-filter.ts';

/** What is chosen from: 0.80, 0.81, ... 0.99. */
export const EWMA_LAMBDAS: readonly number[] = Array.from({ length: 20 }, (_, i) => (80 + i) / 100);

/**
 * The lambda whose one-step variance forecasts have the lowest mean of ln h + r^2 / h, which is the normal log-likelihood
 * (QLIKE of Patton 2011: it ranks variance forecasts as the true variance would). The smaller one when equal.
 *
 * @returns null when no return is ever forecast: fewer than 21, or none but 0
 */
export function chooseEwmaLambda(returns: Float64Array): number | null {
  let best: number | null = null;
  let lowest = Number.POSITIVE_INFINITY;
  for (const lambda of EWMA_LAMBDAS) {
    const loss = meanQuasiLikelihoodLoss(returns, lambda);
    if (loss !== null && loss < lowest) {
      best = lambda;
      lowest = loss;
    }
  }
  return best;
}

function meanQuasiLikelihoodLoss(returns: Float64Array, lambda: number): number | null {
  const filter = new EwmaFilter(lambda);
  let sum = 0;
  let count = 0;
  for (const value of returns) {
    const expected = filter.forecast(1);
    if (expected !== null) {
      const z = value / expected.scale;
      sum += 2 * ln(expected.scale) + z * z;
      count++;
    }
    filter.update(value);
  }
  return count === 0 ? null : sum / count;
}
