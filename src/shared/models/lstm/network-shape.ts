import { INPUT_COUNT, SKIP_COUNT } from '../networks/network-inputs.ts';
import type { LstmHyperparameters } from './lstm-hyperparameters.ts';

/** The sizes of a network; they fix how its parameters are laid out. */
export interface NetworkShape {
  /** Inputs per bar. */
  readonly inputs: number;
  /** Units of each recurrent layer; a multiple of 4. */
  readonly hidden: number;
  /** Recurrent layers, one upon the other. */
  readonly layers: number;
  /** Bars the network sees, the last of them the cutoff. */
  readonly lookback: number;
  /** Inputs at the cutoff that go straight to the log scale, past the recurrent layers. */
  readonly skipInputs: number;
}

/** The shape of the network that hyperparameters ask for. */
export function networkShape({ hiddenUnits, layers, lookback }: LstmHyperparameters): NetworkShape {
  return { inputs: INPUT_COUNT, hidden: hiddenUnits, layers, lookback, skipInputs: SKIP_COUNT };
}

/** The gates, in the order in which parameters hold them (that of Keras). */
export const GATES = ['input', 'forget', 'candidate', 'output'] as const;

/** Where the parameters of one layer are. */
export interface LayerLayout {
  readonly offset: number;
  /** Inputs of the layer: the bar's, or the hidden units of the layer below. */
  readonly inputs: number;
  /** Entries of a row: `hidden` for the previous state, `inputs`, 1 for the bias, and one unused where that is odd. */
  readonly row: number;
}

/**
 * Where each block of the flat parameter vector begins, and how long the vector is.
 *
 * The order is the kernel's: four units (a quad) x row x 4 gates x these four units. What is unused is 0 and stays 0.
 */
export interface ParameterLayout {
  readonly layers: readonly LayerLayout[];
  /** Location head: `hidden` weights and a bias. */
  readonly location: number;
  /** Log scale head: `hidden` weights, `skipInputs` weights and a bias. */
  readonly logScale: number;
  /** A multiple of 4. */
  readonly length: number;
}

/** The layout of a network's parameters. */
export function parameterLayout(shape: NetworkShape): ParameterLayout {
  const { hidden, skipInputs } = shape;
  const layers: LayerLayout[] = [];
  let offset = 0;
  for (let layer = 0; layer < shape.layers; layer++) {
    const inputs = layer === 0 ? shape.inputs : hidden;
    const used = hidden + inputs + 1;
    const row = used + (used % 2);
    layers.push({ offset, inputs, row });
    offset += hidden * row * 4;
  }
  const end = offset + 2 * hidden + skipInputs + 2;
  return { layers, location: offset, logScale: offset + hidden + 1, length: Math.ceil(end / 4) * 4 };
}

/** Where the weight of one row entry (previous state, then inputs, then bias) of one unit's gate is. */
export function weightIndex(layer: LayerLayout, unit: number, gate: number, entry: number): number {
  const quad = unit >> 2;
  return layer.offset + ((quad * layer.row + entry) * 4 + gate) * 4 + (unit & 3);
}
