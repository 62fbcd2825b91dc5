import type { NetworkShape } from '../../src/shared/models/lstm/network-shape.ts';

const GATES = 4;
/** A multiplication and an addition. */
const OPERATIONS = 2;

/**
 * Floating point operations of the matrix products of one epoch, and of nothing else: no bias, activation, head, norm or Adam.
 *
 * Of each layer at each bar of each sample: forward, 4 x hidden x (hidden + inputs); backward to the weights, as many;
 * backward to the state before, 4 x hidden x hidden, and to the inputs of an upper layer, the outputs of the one below.
 * Nobody asks for the derivative by the bottom layer's inputs.
 */
export function matrixOperations(shape: NetworkShape, samples: number): number {
  const { hidden, layers, lookback } = shape;
  let products = 0;
  for (let layer = 0; layer < layers; layer++) {
    const inputs = layer === 0 ? shape.inputs : hidden;
    const toInputs = layer === 0 ? 0 : inputs;
    products += GATES * hidden * (2 * (hidden + inputs) + hidden + toInputs);
  }
  return OPERATIONS * products * lookback * samples;
}
