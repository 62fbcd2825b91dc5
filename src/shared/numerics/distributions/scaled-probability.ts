import exp from '@stdlib/math-base-special-exp';

/** P(X <= x) or P(X > x). */
export type Side = 'lower' | 'upper';

/** The probability on one side of an x, for an X that is positive: exp(logScale) ratio, which does not underflow. */
export interface ScaledProbability {
  /** The side that was computed; the other one is what it leaves of 1. */
  readonly side: Side;
  readonly logScale: number;
  readonly ratio: number;
  /** By how many per cent the probability changes with one per cent of x, without sign: x f(x) / probability. */
  readonly elasticity: number;
}

/** The probability on the wanted side. */
export function probabilityOf(scaled: ScaledProbability, side: Side): number {
  const probability = Math.min(1, exp(scaled.logScale) * scaled.ratio);
  return scaled.side === side ? probability : 1 - probability;
}
