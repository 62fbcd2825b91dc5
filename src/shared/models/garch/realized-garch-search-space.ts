import ln from '@stdlib/math-base-special-ln';
import type { Innovations } from './innovation-distribution.ts';
import {
  PHI,
  REALIZED_BETA,
  REALIZED_GAMMA,
  REALIZED_MU,
  REALIZED_NU,
  REALIZED_OMEGA,
  REALIZED_PARAMETERS,
  XI,
} from './realized-garch-parameters.ts';
import {
  byTail,
  degreesOfFreedom,
  meanRoom,
  type SearchSpace,
  TAIL_START,
  tailRoom,
} from './search-space.ts';

// The places of the search variables.
const MEAN = 0;
const LEVEL = 1;
const MEMORY = 2;
const REACTION = 3;
const TAIL = 4;

/**
 * The search space of realized GARCH, for values with variance 1 and log measures with mean 0: mu, omega / (1 - beta), beta,
 * gamma, 1 / nu. The measurement equation's parameters are not searched: a regression finds them.
 */
export class RealizedGarchSearchSpace implements SearchSpace {
  readonly lower: Float64Array;
  readonly upper: Float64Array;
  readonly starts: readonly Float64Array[];

  constructor(innovations: Innovations, mean: 'constant' | 'zero') {
    const room = meanRoom(mean);
    const { lightest, heaviest } = tailRoom(innovations);
    this.lower = Float64Array.of(-room, -15, 0, 0, lightest);
    this.upper = Float64Array.of(room, 15, 0.999, 1, heaviest);
    const start = (memory: number, reaction: number) =>
      Float64Array.of(0, -0.3, memory, reaction, TAIL_START);
    this.starts = [start(0.9, 0.08), start(0.6, 0.35)];
  }

  parameters(x: Float64Array): Float64Array {
    const parameters = new Float64Array(REALIZED_PARAMETERS);
    parameters[REALIZED_MU] = x[MEAN];
    parameters[REALIZED_OMEGA] = x[LEVEL] * (1 - x[MEMORY]);
    parameters[REALIZED_BETA] = x[MEMORY];
    parameters[REALIZED_GAMMA] = x[REACTION];
    parameters[REALIZED_NU] = degreesOfFreedom(x[TAIL]);
    return parameters;
  }

  pullBack(x: Float64Array, byParameter: Float64Array, gradient: Float64Array): void {
    gradient[MEAN] = byParameter[REALIZED_MU];
    gradient[LEVEL] = byParameter[REALIZED_OMEGA] * (1 - x[MEMORY]);
    gradient[MEMORY] = byParameter[REALIZED_BETA] - byParameter[REALIZED_OMEGA] * x[LEVEL];
    gradient[REACTION] = byParameter[REALIZED_GAMMA];
    gradient[TAIL] = byTail(byParameter[REALIZED_NU], x[TAIL]);
  }

  inUnit(parameters: Float64Array, unit: number): Float64Array {
    const scaled = parameters.slice();
    const logUnit = 2 * ln(unit);
    scaled[REALIZED_MU] *= unit;
    scaled[REALIZED_OMEGA] += (1 - parameters[REALIZED_BETA]) * logUnit;
    scaled[XI] -= parameters[PHI] * logUnit;
    return scaled;
  }
}
