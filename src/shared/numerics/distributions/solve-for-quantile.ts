import exp from '@stdlib/math-base-special-exp';
import ln from '@stdlib/math-base-special-ln';
import type { ScaledProbability, Side } from './scaled-probability.ts';

/** Newton's error is squared by each step: what it is after one from here, rounding hides. */
const LAST_STEP = 1e-8;
const MAXIMUM_STEPS = 100;

/**
 * The positive x with P(X <= x) or P(X > x) equal to a probability, by Newton steps on the probability's logarithm as a
 * function of ln(x). Where ln(X) has a log-concave density (gamma, and the size of Student's t), that function is concave:
 * after the first step they come from one side, from any start.
 *
 * @param start positive; the nearer the fewer steps
 * @param probability positive, at most 1/2 or so
 * @returns 0 or Infinity where x is too small or large for a double
 */
export function solveForQuantile(
  at: (x: number) => ScaledProbability,
  side: Side,
  probability: number,
  start: number,
): number {
  const target = ln(probability);
  let x = start;
  for (let step = 0; step < MAXIMUM_STEPS && x > 0 && x < Number.POSITIVE_INFINITY; step++) {
    const found = at(x);
    let logProbability = found.logScale + ln(found.ratio);
    let elasticity = found.elasticity;
    if (found.side !== side) {
      const other = exp(logProbability);
      elasticity *= other / (1 - other);
      logProbability = ln(1 - other);
    }
    const missing = target - logProbability;
    x *= exp((side === 'lower' ? missing : -missing) / elasticity);
    if (Math.abs(missing) < LAST_STEP) break;
  }
  return x;
}
