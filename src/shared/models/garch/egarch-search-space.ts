import ln from '@stdlib/math-base-special-ln';
import type { Scaling } from '../centre-and-unit.ts';
import { MEAN_ABSOLUTE_NORMAL } from './egarch-recursion.ts';
import { boundOf, type ParameterBound } from './parameter-bound.ts';
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
import { ALPHA, BETA, GAMMA, GARCH_PARAMETERS, MU, NU, OMEGA } from './variance-recursion.ts';
import { MAXIMUM_PERSISTENCE, type VolatilitySpecification } from './volatility-specification.ts';

// The places of the search variables.
const MEAN = 0;
const LEVEL = 1;
const SIZE = 2;
const SIGN = 3;
const PERSISTENCE = 4;
const TAIL = 5;

const LARGEST_LEVEL = 15;
const LARGEST_SIZE = 5;
const LARGEST_SIGN = 2;
const SMALLEST_PERSISTENCE = -0.5;

/** alpha may be this many times 1 - beta below 0. */
const FORGETTING = 2 / MEAN_ABSOLUTE_NORMAL;

/**
 * The search space of EGARCH: mu, the long-run log variance omega / (1 - beta), alpha + {@link FORGETTING} (1 - beta),
 * gamma, beta, 1 / nu. The level is searched and not omega, because omega and beta move together.
 *
 * The third is never negative, so that the filter forgets how it began: an error in ln h(t) comes into ln h(t+1) with the
 * factor beta - (alpha |z| + gamma z) / 2, whose mean beta - alpha E|z| / 2 is then at most 1 (for normal z; the
 * condition of invertibility, by Straumann and Mikosch 2006 and Wintenberger 2013, is about the mean of its logarithm).
 * Beyond, the variances soon become chaotic: the likelihood is a comb of spikes there, some of them above every fit that
 * means anything.
 */
export class EgarchSearchSpace implements SearchSpace {
  readonly lower: Float64Array;
  readonly upper: Float64Array;
  readonly starts: readonly Float64Array[];

  readonly #specification: VolatilitySpecification;

  constructor(specification: VolatilitySpecification) {
    this.#specification = specification;
    const { innovations, mean, maximumPersistence } = specification;
    const room = meanRoom(mean);
    const { lightest, heaviest } = tailRoom(innovations);
    this.lower = Float64Array.of(-room, -LARGEST_LEVEL, 0, -LARGEST_SIGN, SMALLEST_PERSISTENCE, lightest);
    this.upper = Float64Array.of(
      room,
      LARGEST_LEVEL,
      LARGEST_SIZE,
      LARGEST_SIGN,
      maximumPersistence ?? MAXIMUM_PERSISTENCE,
      heaviest,
    );
    const start = (persistence: number, size: number, sign: number) =>
      Float64Array.of(0, 0, size + FORGETTING * (1 - persistence), sign, persistence, TAIL_START);
    this.starts = [start(0.95, 0.15, -0.05), start(0.985, 0.1, -0.1), start(0.3, 0, 0)];
  }

  parameters(x: Float64Array): Float64Array {
    const parameters = new Float64Array(GARCH_PARAMETERS);
    parameters[MU] = x[MEAN];
    parameters[OMEGA] = x[LEVEL] * (1 - x[PERSISTENCE]);
    parameters[ALPHA] = x[SIZE] - FORGETTING * (1 - x[PERSISTENCE]);
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
    gradient[PERSISTENCE] =
      byParameter[BETA] - byParameter[OMEGA] * x[LEVEL] + byParameter[ALPHA] * FORGETTING;
    gradient[TAIL] = byTail(byParameter[NU], x[TAIL]);
  }

  inUnit(parameters: Float64Array, unit: number): Float64Array {
    const scaled = parameters.slice();
    scaled[MU] *= unit;
    scaled[OMEGA] += (1 - parameters[BETA]) * 2 * ln(unit);
    return scaled;
  }

  bounds(scaling: Scaling): readonly ParameterBound[] {
    const { innovations, mean, maximumPersistence = MAXIMUM_PERSISTENCE } = this.#specification;
    return [
      ...meanBounds(mean, scaling),
      ...levelBounds(2 * ln(scaling.unit), LARGEST_LEVEL),
      // The search variable is alpha + FORGETTING - FORGETTING beta.
      {
        name: 'alpha - 2.5066 beta',
        coefficients: { alpha: 1, beta: -FORGETTING },
        lower: -FORGETTING,
        upper: LARGEST_SIZE - FORGETTING,
      },
      boundOf('gamma', -LARGEST_SIGN, LARGEST_SIGN),
      boundOf('beta', SMALLEST_PERSISTENCE, maximumPersistence),
      ...tailBounds(innovations),
    ];
  }
}
