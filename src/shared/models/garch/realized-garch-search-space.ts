import ln from '@stdlib/math-base-special-ln';
import type { Scaling } from '../centre-and-unit.ts';
import type { Innovations } from './innovation-distribution.ts';
import { SMALLEST_MEASURE_VARIANCE } from './measurement-regression.ts';
import { boundOf, type ParameterBound } from './parameter-bound.ts';
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
  levelBounds,
  meanBounds,
  meanRoom,
  type SearchSpace,
  TAIL_START,
  tailBounds,
  tailRoom,
} from './search-space.ts';

// The places of the search variables.
const MEAN = 0;
const LEVEL = 1;
const MEMORY = 2;
const REACTION = 3;
const TAIL = 4;

const LARGEST_LEVEL = 15;
const LARGEST_MEMORY = 0.999;
const LARGEST_REACTION = 1;

/**
 * The search space of realized GARCH, for values with variance 1 and log measures with mean 0: mu, omega / (1 - beta), beta,
 * gamma, 1 / nu. The measurement equation's parameters are not searched: a regression finds them.
 */
export class RealizedGarchSearchSpace implements SearchSpace {
  readonly lower: Float64Array;
  readonly upper: Float64Array;
  readonly starts: readonly Float64Array[];

  readonly #innovations: Innovations;
  readonly #mean: 'constant' | 'zero';

  constructor(innovations: Innovations, mean: 'constant' | 'zero') {
    this.#innovations = innovations;
    this.#mean = mean;
    const room = meanRoom(mean);
    const { lightest, heaviest } = tailRoom(innovations);
    this.lower = Float64Array.of(-room, -LARGEST_LEVEL, 0, 0, lightest);
    this.upper = Float64Array.of(room, LARGEST_LEVEL, LARGEST_MEMORY, LARGEST_REACTION, heaviest);
    const start = (level: number, memory: number, reaction: number) =>
      Float64Array.of(0, level, memory, reaction, TAIL_START);
    // The likelihood rarely has more than one maximum. The second for measures that say next to nothing.
    this.starts = [start(-0.3, 0.6, 0.35), start(0, 0.98, 0.02)];
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

  /** @param meanLogMeasure of the data: the search sees the log measures less their mean; default 0 */
  bounds(scaling: Scaling, meanLogMeasure = 0): readonly ParameterBound[] {
    return [
      ...meanBounds(this.#mean, scaling),
      ...levelBounds(2 * ln(scaling.unit), LARGEST_LEVEL, { gamma: meanLogMeasure }),
      boundOf('beta', 0, LARGEST_MEMORY),
      boundOf('gamma', 0, LARGEST_REACTION),
      boundOf('measureVariance', SMALLEST_MEASURE_VARIANCE, Number.POSITIVE_INFINITY),
      ...tailBounds(this.#innovations),
    ];
  }
}
