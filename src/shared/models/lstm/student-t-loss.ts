import exp from '@stdlib/math-base-special-exp';
import ln from '@stdlib/math-base-special-ln';

/** Degrees of freedom of the training likelihood; daily returns over their volatility have 4 to 8. */
export const DEGREES_OF_FREEDOM = 6;

/** Standard deviation of a Student t of scale 1 with {@link DEGREES_OF_FREEDOM}. */
export const STUDENT_T_DEVIATION = Math.sqrt(DEGREES_OF_FREEDOM / (DEGREES_OF_FREEDOM - 2));

/** Negative log-likelihood of one observation, without its constant, and its derivatives. */
export interface Loss {
  readonly value: number;
  readonly byLocation: number;
  readonly byLogScale: number;
}

/**
 * Loss of `observed` under a Student t with the given location and log scale:
 * log s + (v + 1) / 2 log(1 + z^2 / v), z = (observed - location) / s.
 */
export function studentTLoss(observed: number, location: number, logScale: number): Loss {
  const scale = exp(logScale);
  const z = (observed - location) / scale;
  const spread = DEGREES_OF_FREEDOM + z * z;
  // The derivative of the second term by z, which is bounded: an outlier pulls no harder than a large return.
  const pull = ((DEGREES_OF_FREEDOM + 1) * z) / spread;
  return {
    value: logScale + ((DEGREES_OF_FREEDOM + 1) / 2) * ln(spread / DEGREES_OF_FREEDOM),
    byLocation: -pull / scale,
    byLogScale: 1 - pull * z,
  };
}
