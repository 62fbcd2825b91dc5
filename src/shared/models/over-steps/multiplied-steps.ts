import type { PredictiveDistribution } from '../../numerics/distributions/predictive-distribution.ts';
import { withMeanAndScale } from '../with-mean-and-scale.ts';

/** By how much a step's own mean and standard deviation are multiplied. */
export interface StepFactors {
  readonly mean: number;
  readonly scale: number;
}

/**
 * The distribution of a return over several steps whose bars move more or less than those that a member was fitted
 * on: each step's part of the mean and of the variance is multiplied by its own factors. The shape is the member's
 * over as many steps.
 *
 * @param forecast the member's over a number of steps from 1
 * @param factors one a step, at least one
 */
export function multipliedSteps(
  forecast: (steps: number) => PredictiveDistribution,
  factors: readonly StepFactors[],
): PredictiveDistribution {
  const parts = factors.map((_, step) => forecast(step + 1));
  let mean = 0;
  let variance = 0;
  let sofar = { mean: 0, scale: 0 };
  parts.forEach((part, step) => {
    const factor = factors[step];
    mean += factor.mean * (part.mean - sofar.mean);
    variance +=
      factor.scale * factor.scale * Math.max(0, part.scale * part.scale - sofar.scale * sofar.scale);
    sofar = part;
  });
  return withMeanAndScale(parts[parts.length - 1], mean, Math.sqrt(variance));
}
