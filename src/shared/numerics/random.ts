import { uniformFloat64 } from 'pure-rand/distribution/uniformFloat64';
import { uniformInt } from 'pure-rand/distribution/uniformInt';
import { xoroshiro128plus, xoroshiro128plusFromState } from 'pure-rand/generator/xoroshiro128plus';
import type { JumpableRandomGenerator } from 'pure-rand/types/JumpableRandomGenerator';
import { normalDeviate } from './distributions/normal.ts';

/** Outputs thrown away after seeding: neighbouring seeds give similar first outputs. */
const WARM_UP = 64;
/** Half of the distance between two uniforms (2^-54); keeps them away from 0, where the normal quantile is -Infinity. */
const HALF_ULP = 5.551115123125783e-17;
/** 1 - 2^-53: beside it half of the distance rounds up to 1, where the normal quantile is Infinity. */
const LARGEST_UNIFORM = 0.9999999999999999;

/**
 * Seeded random numbers: xoroshiro128+ of `pure-rand`. The same seed gives the same bits on every runtime.
 *
 * Each kind of number uses up the generator only and keeps nothing beside it, so the state is four integers and a
 * generator restored from it goes on with the same bits.
 */
export class SeededRandom {
  #generator: JumpableRandomGenerator;

  /** @param seed an integer; only its low 32 bits count. See `deriveSeed`. */
  constructor(seed: number) {
    this.#generator = xoroshiro128plus(seed | 0);
    for (let i = 0; i < WARM_UP; i++) this.#generator.next();
  }

  /** A double from [0, 1), a multiple of 2^-53. */
  uniform(): number {
    return uniformFloat64(this.#generator);
  }

  /** A standard normal deviate, by inversion: one uniform each. */
  normal(): number {
    return normalDeviate(Math.min(this.uniform() + HALF_ULP, LARGEST_UNIFORM));
  }

  /** 0 to n - 1 in random order (Fisher and Yates). */
  permutation(n: number): Int32Array {
    const order = Int32Array.from({ length: n }, (_, i) => i);
    for (let i = n - 1; i > 0; i--) {
      const j = uniformInt(this.#generator, 0, i);
      const held = order[i];
      order[i] = order[j];
      order[j] = held;
    }
    return order;
  }

  /** The state: four 32-bit integers; JSON. */
  state(): readonly number[] {
    return this.#generator.getState();
  }

  /** The generator that {@link state} was taken from. @throws RangeError when `state` is not four integers */
  static fromState(state: unknown): SeededRandom {
    if (!Array.isArray(state) || state.length !== 4 || !state.every((word) => (word | 0) === word)) {
      throw new RangeError(`A generator's state is four 32-bit integers, not ${JSON.stringify(state)}`);
    }
    const random = new SeededRandom(0);
    random.#generator = xoroshiro128plusFromState(state as number[]);
    return random;
  }
}
