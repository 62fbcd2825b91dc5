import { ALPHA, BETA, GAMMA, GARCH_PARAMETERS, type Innovations, MU, NU, OMEGA } from './garch-likelihood.ts';

/** Which model is fitted. */
export interface GarchSpecification {
  /** `garch` has no leverage (gamma is 0). */
  readonly variance: 'garch' | 'gjr';
  readonly innovations: Innovations;
  /** `zero` when the values are residuals of a mean model already. */
  readonly mean: 'constant' | 'zero';
  /** Upper bound of alpha + gamma / 2 + beta; default 0.9999, so that the long-run variance exists. */
  readonly maximumPersistence?: number;
}

// The places of the search variables.
const MEAN = 0;
const CONSTANT = 1;
const PERSISTENCE = 2;
const ARCH_SHARE = 3;
const LEVERAGE = 4;
const TAIL = 5;

/**
 * The box in which a GARCH likelihood is searched, for data with variance 1.
 *
 * The variables are mu, omega, the persistence P = alpha + gamma / 2 + beta, the share s of it that reacts to the last
 * residual, the leverage l, and 1 / nu. All that the parameters must satisfy are bounds of these: alpha = P s (1 - l),
 * alpha + gamma = P s (1 + l) and beta = P (1 - s) are not negative, and P stays below its maximum. An optimum on a bound
 * (alpha = 0 is common for stock indexes) is then found as such.
 */
export class GarchSearchSpace {
  readonly lower: Float64Array;
  readonly upper: Float64Array;
  readonly starts: readonly Float64Array[];

  constructor({ variance, innovations, mean, maximumPersistence = 0.9999 }: GarchSpecification) {
    const meanRoom = mean === 'constant' ? 3 : 0;
    const leverageRoom = variance === 'gjr' ? 1 : 0;
    const lightestTail = innovations === 't' ? 1 / 200 : 0;
    const heaviestTail = innovations === 't' ? 1 / 2.05 : 0;
    this.lower = Float64Array.of(-meanRoom, 1e-7, 0, 0, -leverageRoom, lightestTail);
    this.upper = Float64Array.of(meanRoom, 20, maximumPersistence, 1, leverageRoom, heaviestTail);
    const start = (persistence: number, share: number) =>
      Float64Array.of(0, 1 - persistence, persistence, share, 0.3 * leverageRoom, 0.15);
    this.starts = [start(0.97, 0.08), start(0.85, 0.2), start(0.995, 0.04)];
  }

  /** The model's parameters at a point, in the places of `garchNegativeLogLikelihood`. */
  parameters(x: Float64Array): Float64Array {
    const arch = x[PERSISTENCE] * x[ARCH_SHARE];
    const parameters = new Float64Array(GARCH_PARAMETERS);
    parameters[MU] = x[MEAN];
    parameters[OMEGA] = x[CONSTANT];
    parameters[ALPHA] = arch * (1 - x[LEVERAGE]);
    parameters[GAMMA] = 2 * arch * x[LEVERAGE];
    parameters[BETA] = x[PERSISTENCE] * (1 - x[ARCH_SHARE]);
    parameters[NU] = x[TAIL] > 0 ? 1 / x[TAIL] : Number.POSITIVE_INFINITY;
    return parameters;
  }

  /** Turns a gradient by the parameters into one by the search variables (chain rule), in place of `gradient`. */
  pullBack(x: Float64Array, byParameter: Float64Array, gradient: Float64Array): void {
    const p = x[PERSISTENCE];
    const s = x[ARCH_SHARE];
    const l = x[LEVERAGE];
    const byArch = byParameter[ALPHA] * (1 - l) + byParameter[GAMMA] * 2 * l;
    gradient[MEAN] = byParameter[MU];
    gradient[CONSTANT] = byParameter[OMEGA];
    gradient[PERSISTENCE] = byArch * s + byParameter[BETA] * (1 - s);
    gradient[ARCH_SHARE] = byArch * p - byParameter[BETA] * p;
    gradient[LEVERAGE] = p * s * (2 * byParameter[GAMMA] - byParameter[ALPHA]);
    gradient[TAIL] = x[TAIL] > 0 ? -byParameter[NU] / (x[TAIL] * x[TAIL]) : 0;
  }
}
