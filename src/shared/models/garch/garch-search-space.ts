import {
  byTail,
  degreesOfFreedom,
  meanRoom,
  type SearchSpace,
  TAIL_START,
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

  constructor({ variance, innovations, mean, maximumPersistence }: VolatilitySpecification) {
    const room = meanRoom(mean);
    const leverageRoom = variance === 'gjr' ? 1 : 0;
    const { lightest, heaviest } = tailRoom(innovations);
    this.lower = Float64Array.of(-room, 1e-7, 0, 0, -leverageRoom, lightest);
    this.upper = Float64Array.of(
      room,
      20,
      maximumPersistence ?? MAXIMUM_PERSISTENCE,
      1,
      leverageRoom,
      heaviest,
    );
    const start = (persistence: number, share: number) =>
      Float64Array.of(0, 1 - persistence, persistence, share, 0.3 * leverageRoom, TAIL_START);
    this.starts = [start(0.97, 0.08), start(0.85, 0.2), start(0.995, 0.04)];
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
}
