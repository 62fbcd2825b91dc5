const FIRST_DECAY = 0.9;
const SECOND_DECAY = 0.999;
const EPSILON = 1e-8;

/** Moments of the gradient, and the two decays to the power of the steps taken. */
export interface AdamState {
  readonly first: Float64Array;
  readonly second: Float64Array;
  firstPower: number;
  secondPower: number;
}

/** The state before the first step. */
export function initialAdamState(length: number): AdamState {
  return { first: new Float64Array(length), second: new Float64Array(length), firstPower: 1, secondPower: 1 };
}

/** One step of Adam (Kingma and Ba 2015, algorithm 1), in place. */
export function adamStep(
  parameters: Float64Array,
  gradient: Float64Array,
  state: AdamState,
  learningRate: number,
): void {
  state.firstPower *= FIRST_DECAY;
  state.secondPower *= SECOND_DECAY;
  const { first, second } = state;
  const firstCorrection = 1 - state.firstPower;
  const secondCorrection = 1 - state.secondPower;
  for (let i = 0; i < parameters.length; i++) {
    const slope = gradient[i];
    first[i] = FIRST_DECAY * first[i] + (1 - FIRST_DECAY) * slope;
    second[i] = SECOND_DECAY * second[i] + (1 - SECOND_DECAY) * slope * slope;
    parameters[i] -=
      (learningRate * (first[i] / firstCorrection)) / (Math.sqrt(second[i] / secondCorrection) + EPSILON);
  }
}
