import type { Scaling } from '../centre-and-unit.ts';
import { boundOf, type ParameterBound } from './parameter-bound.ts';
import {
  byTail,
  degreesOfFreedom,
  meanBounds,
  meanRoom,
  type SearchSpace,
  TAIL_START,
  tailBounds,
  tailRoom,
} from './search-space.ts';
import { ALPHA, BETA, GAMMA, GARCH_PARAMETERS, MU, NU, OMEGA } from './variance-recursion.ts';
import { MAXIMUM_PERSISTENCE, type VolatilitySpecification } from './volatility-specification.ts';

// The places of the search variables.
const MEAN = 0;
const CONSTANT = 1;
const PERSISTENCE = 2;
const ARCH_SHARE = 3;
const LEVERAGE = 4;
const TAIL = 5;

// Of omega, for data with variance 1.
const SMALLEST_CONSTANT = 1e-7;
const LARGEST_CONSTANT = 20;

/** Reactions below are those that the start `fgarch` holds off their bound: see `RecursionStart`. */
const ROOT_REACH = 1e-4;

/**
 * The search space of GARCH and GJR-GARCH.
 *
 * The variables are mu, omega, the persistence P = alpha + gamma / 2 + beta, the share s of it that reacts to the last
 * residual, the leverage l, and 1 / nu: alpha = P s (1 - l), alpha + gamma = P s (1 + l) and beta = P (1 - s) are never
 * negative, and P stays below its maximum. An optimum on a bound (alpha = 0 is common for stock indexes) is found as such.
 */
export class GarchSearchSpace implements SearchSpace {
  readonly lower: Float64Array;
  readonly upper: Float64Array;
  readonly starts: readonly Float64Array[];

  readonly #specification: VolatilitySpecification;

  constructor(specification: VolatilitySpecification) {
    this.#specification = specification;
    const { variance, innovations, mean, maximumPersistence } = specification;
    const room = meanRoom(mean);
    const leverageRoom = variance === 'gjr' ? 1 : 0;
    const { lightest, heaviest } = tailRoom(innovations);
    this.lower = Float64Array.of(-room, SMALLEST_CONSTANT, 0, 0, -leverageRoom, lightest);
    this.upper = Float64Array.of(
      room,
      LARGEST_CONSTANT,
      maximumPersistence ?? MAXIMUM_PERSISTENCE,
      1,
      leverageRoom,
      heaviest,
    );
    const start = (persistence: number, share: number, leverage: number) =>
      Float64Array.of(0, 1 - persistence, persistence, share, leverage * leverageRoom, TAIL_START);
    this.starts = [
      start(0.97, 0.08, 0.3),
      start(0.995, 0.04, 0.3),
      // For values with hardly any memory of their volatility.
      start(0.1, 0.9, 0),
      // For a few outliers in otherwise calm values, which a Student t takes as they are.
      ...(innovations === 'normal' ? [start(0.7, 0.4, 0.3)] : []),
    ];
  }

  parameters(x: Float64Array): Float64Array {
    const arch = x[PERSISTENCE] * x[ARCH_SHARE];
    const parameters = new Float64Array(GARCH_PARAMETERS);
    parameters[MU] = x[MEAN];
    parameters[OMEGA] = x[CONSTANT];
    parameters[ALPHA] = arch * (1 - x[LEVERAGE]);
    parameters[GAMMA] = 2 * arch * x[LEVERAGE];
    parameters[BETA] = x[PERSISTENCE] * (1 - x[ARCH_SHARE]);
    parameters[NU] = degreesOfFreedom(x[TAIL]);
    return parameters;
  }

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
    gradient[TAIL] = byTail(byParameter[NU], x[TAIL]);
  }

  inUnit(parameters: Float64Array, unit: number): Float64Array {
    const scaled = parameters.slice();
    scaled[MU] *= unit;
    scaled[OMEGA] *= unit * unit;
    return scaled;
  }

  /** Without a reaction the leverage has no effect: a reaction to falls alone, or to rises alone, may still be better. */
  restarts(x: Float64Array): readonly Float64Array[] {
    if (this.#specification.variance !== 'gjr' || x[PERSISTENCE] * x[ARCH_SHARE] > 0) return [];
    return [-1, 1].map((leverage) => {
      const from = x.slice();
      from[PERSISTENCE] = 0.05;
      from[ARCH_SHARE] = 0.9;
      from[LEVERAGE] = leverage;
      return from;
    });
  }

  bounds(scaling: Scaling): readonly ParameterBound[] {
    const {
      variance,
      innovations,
      mean,
      start,
      maximumPersistence = MAXIMUM_PERSISTENCE,
    } = this.#specification;
    const square = scaling.unit * scaling.unit;
    const none = Number.POSITIVE_INFINITY;
    const least = variance === 'gjr' && start === 'fgarch' ? ROOT_REACH : 0;
    const afterFall = {
      name: 'alpha + gamma',
      coefficients: { alpha: 1, gamma: 1 },
      lower: least,
      upper: none,
    };
    return [
      ...meanBounds(mean, scaling),
      boundOf('omega', SMALLEST_CONSTANT * square, LARGEST_CONSTANT * square),
      boundOf('alpha', least, none),
      ...(variance === 'gjr' ? [afterFall] : []),
      boundOf('beta', 0, none),
      {
        name: 'persistence',
        coefficients: variance === 'gjr' ? { alpha: 1, gamma: 0.5, beta: 1 } : { alpha: 1, beta: 1 },
        lower: -none,
        upper: maximumPersistence,
      },
      ...tailBounds(innovations),
    ];
  }
}
