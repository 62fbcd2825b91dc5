import { requireLength } from './require-length.ts';

/** Adam's moments, and the two decays to the power of the steps taken. */
export interface AdamState {
  readonly first: Float32Array;
  readonly second: Float32Array;
  readonly firstPower: number;
  readonly secondPower: number;
}

/** Adam's decay of the first moment, of the second, and what keeps it from dividing by 0: those of Kingma and Ba (2015). */
export const FIRST_DECAY = 0.9;
export const SECOND_DECAY = 0.999;
export const EPSILON = 1e-8;

/** Adam's state beside the parameters of a network, which takes the steps. */
export class Adam {
  readonly first: Float32Array;
  readonly second: Float32Array;
  #firstPower = 1;
  #secondPower = 1;

  /** @param first moment of each parameter, 0 at the beginning; @param second likewise. Both are written to by the network. */
  constructor(first: Float32Array, second: Float32Array) {
    this.first = first;
    this.second = second;
  }

  /** Counts a step: what it multiplies the first moment by, and what it adds to the root of the second. */
  step(learningRate: number): { readonly stepSize: number; readonly epsilon: number } {
    this.#firstPower *= FIRST_DECAY;
    this.#secondPower *= SECOND_DECAY;
    const correction = Math.sqrt(1 - this.#secondPower);
    return {
      stepSize: (learningRate * correction) / (1 - this.#firstPower),
      epsilon: EPSILON * correction,
    };
  }

  /** A copy. */
  state(): AdamState {
    return {
      first: this.first.slice(),
      second: this.second.slice(),
      firstPower: this.#firstPower,
      secondPower: this.#secondPower,
    };
  }

  /** @throws RangeError for a state of another size */
  restore(state: AdamState): void {
    requireLength('first moments', state.first, this.first.length);
    requireLength('second moments', state.second, this.second.length);
    this.first.set(state.first);
    this.second.set(state.second);
    this.#firstPower = state.firstPower;
    this.#secondPower = state.secondPower;
  }
}
