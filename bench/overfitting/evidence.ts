import { DIVERGENCE_THRESHOLDS } from '../../src/shared/divergence/alert-level.ts';
import type { OverfittingAssessment } from '../../src/shared/divergence/assess-overfitting.ts';
import type { GapTest } from '../../src/shared/divergence/gap-test.ts';
import {
  countedCrpsDivergence,
  type GapTests,
  SIGNIFICANCE,
} from '../../src/shared/divergence/overfitting-verdict.ts';
import { SELECTION_BIAS_FLOOR } from '../../src/shared/divergence/selection-bias.ts';
import { normalDeviate } from '../../src/shared/numerics/distributions/normal.ts';

const SIGNIFICANT_DEVIATIONS = -normalDeviate(SIGNIFICANCE);

/**
 * How near a window is to the verdict "overfitting", in one number: above 1 the verdict is that, below it is not.
 *
 * For each rule of the verdict, how far each of its conditions is met (a gap over its floor, its standardised gap over the one
 * that is significant, a divergence over its threshold), the least of them; of all rules the largest. Never below 0.
 */
export function overfittingEvidence(
  assessment: Pick<
    OverfittingAssessment,
    'selectionGap' | 'fitOptimism' | 'selectionBias' | 'divergence' | 'crpsDivergence'
  >,
): number {
  const { selectionGap, fitOptimism, selectionBias, divergence, crpsDivergence } = assessment;
  const selection =
    selectionBias === null || selectionBias <= 0
      ? 0
      : Math.min(selectionBias / SELECTION_BIAS_FLOOR, (2 * selectionGap.crps.gap) / selectionBias);
  return Math.max(
    0,
    ...gapEvidence(selectionGap),
    ...gapEvidence(fitOptimism),
    selection,
    divergence.divergence / DIVERGENCE_THRESHOLDS.overfitting,
    countedCrpsDivergence(crpsDivergence) / DIVERGENCE_THRESHOLDS.overfitting,
  );
}

function gapEvidence({ squaredError, crps }: GapTests): number[] {
  return [one(squaredError), Math.min(one(crps), -crps.earlierMean / crps.floor)];
}

function one({ gap, standardError, floor }: GapTest): number {
  if (gap <= 0) return 0;
  const deviations = standardError > 0 ? gap / standardError : Number.POSITIVE_INFINITY;
  return Math.min(gap / floor, deviations / SIGNIFICANT_DEVIATIONS);
}
