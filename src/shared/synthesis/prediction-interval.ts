import exp from '@stdlib/math-base-special-exp';
import type { PredictiveDistribution } from '../numerics/distributions/predictive-distribution.ts';
import { quantileAt } from './quantile-at.ts';

/** Nominal coverages that are published. */
export const INTERVAL_COVERAGES = [50, 80, 90, 95] as const;
export type IntervalCoverage = (typeof INTERVAL_COVERAGES)[number];

/**
 * The central prediction interval as prices.
 *
 * @param coverage nominal coverage in per cent
 * @param lastClose price from which the return starts
 */
export function predictionInterval(
  distribution: PredictiveDistribution,
  coverage: IntervalCoverage,
  lastClose: number,
): { readonly lower: number; readonly upper: number } {
  const tail = (1 - coverage / 100) / 2;
  return {
    lower: lastClose * exp(quantileAt(distribution, tail)),
    upper: lastClose * exp(quantileAt(distribution, 1 - tail)),
  };
}
