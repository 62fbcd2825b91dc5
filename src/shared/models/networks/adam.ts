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
