import ln from '@stdlib/math-base-special-ln';
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
const LEVEL = 1;
const SIZE = 2;
const SIGN = 3;
const PERSISTENCE = 4;
const TAIL = 5;

/**
 * The search space of EGARCH: mu, the long-run log variance omega / (1 - beta), alpha, gamma, beta, 1 / nu. The level is
 * searched and not omega, because omega and beta move together.
 */
export class EgarchSearchSpace implements SearchSpace {
  readonly lower: Float64Array;
  readonly upper: Float64Array;
  readonly starts: readonly Float64Array[];

  constructor({ innovations, mean, maximumPersistence }: VolatilitySpecification) {
    const room = meanRoom(mean);
    const { lightest, heaviest } = tailRoom(innovations);
    this.lower = Float64Array.of(-room, -15, -2, -2, -0.5, lightest);
    this.upper = Float64Array.of(room, 15, 2, 2, maximumPersistence ?? MAXIMUM_PERSISTENCE, heaviest);
    const start = (persistence: number, size: number, sign: number) =>
      Float64Array.of(0, 0, size, sign, persistence, TAIL_START);
    this.starts = [start(0.95, 0.15, -0.05), start(0.8, 0.3, 0), start(0.985, 0.1, -0.1)];
  }

  parameters(x: Float64Array): Float64Array {
    const parameters = new Float64Array(GARCH_PARAMETERS);
    parameters[MU] = x[MEAN];
    parameters[OMEGA] = x[LEVEL] * (1 - x[PERSISTENCE]);
    parameters[ALPHA] = x[SIZE];
    parameters[GAMMA] = x[SIGN];
    parameters[BETA] = x[PERSISTENCE];
    parameters[NU] = degreesOfFreedom(x[TAIL]);
    return parameters;
  }

  pullBack(x: Float64Array, byParameter: Float64Array, gradient: Float64Array): void {
    gradient[MEAN] = byParameter[MU];
    gradient[LEVEL] = byParameter[OMEGA] * (1 - x[PERSISTENCE]);
    gradient[SIZE] = byParameter[ALPHA];
    gradient[SIGN] = byParameter[GAMMA];
    gradient[PERSISTENCE] = byParameter[BETA] - byParameter[OMEGA] * x[LEVEL];
    gradient[TAIL] = byTail(byParameter[NU], x[TAIL]);
  }

  inUnit(parameters: Float64Array, unit: number): Float64Array {
    const scaled = parameters.slice();
    scaled[MU] *= unit;
    scaled[OMEGA] += (1 - parameters[BETA]) * 2 * ln(unit);
    return scaled;
  }
}
