import { hacMean, overlapLags } from '../numerics/hac-mean.ts';
import { meanOf } from '../numerics/mean.ts';

/** A trial must beat an earlier one by this many standard errors of their difference. */
const STANDARD_ERRORS = 2;

/**
 * Which trial of a tuning wins: the first whose mean score is not worse than the best one's by more than two standard errors of
 * their difference.
 *
 * The rule of Breiman, Friedman, Olshen and Stone (1984, section 3.4.3), which takes the simplest trial within one standard error of
 * the best. Trials are listed with the simplest and best proven first. On 250 bars the best of a dozen honest trials is mostly the
 * luckiest, and about one and a half standard errors ahead by luck: taking it costs more than the first one does, and shows up as a
 * selection gap. What is clearly better still wins.
 *
 * @param scores of each trial by bar, smaller is better; all of the same bars, at least one of each
 * @param steps that a forecast looks ahead: over several, the standard error allows for outcomes that overlap.
 *   Default 1
 * @returns the trial's place
 */
export function chooseTrial(scores: readonly Float64Array[], steps = 1): number {
  const means = scores.map(meanOf);
  const best = means.indexOf(Math.min(...means));
  return scores.findIndex(
    (trial, t) =>
      means[t] - means[best] <= STANDARD_ERRORS * standardErrorOfDifference(trial, scores[best], steps),
  );
}

/** Of the mean of a - b; 0 for fewer than two bars. */
function standardErrorOfDifference(a: Float64Array, b: Float64Array, steps: number): number {
  const bars = a.length;
  if (bars < 2) return 0;
  const differences = a.map((score, i) => score - b[i]);
  if (steps > 1) return hacMean(differences, overlapLags(bars, steps)).standardError;
  const mean = meanOf(differences);
  const variance = meanOf(differences.map((difference) => (difference - mean) * (difference - mean)));
  return Math.sqrt(variance / (bars - 1));
}
