import type { Innovations } from './innovation-distribution.ts';
import type { RecursionStart } from './recursion-start.ts';

/** Which model of returns alone is fitted: mean x volatility x distribution. */
export interface VolatilitySpecification {
  /** `garch` has no leverage (gamma is 0). */
  readonly variance: 'garch' | 'gjr' | 'egarch';
  readonly innovations: Innovations;
  /** `zero` when the values are residuals of a mean model already. */
  readonly mean: 'constant' | 'zero';
  /** Default `mean_squared_residual`. */
  readonly start?: RecursionStart;
  /**
   * Upper bound of alpha + gamma / 2 + beta (of beta for EGARCH); default 0.9999, so that the long-run variance exists.
   * fGarch has no bound, arch has 1.
   */
  readonly maximumPersistence?: number;
}

/** Default of `maximumPersistence`. */
export const MAXIMUM_PERSISTENCE = 0.9999;
