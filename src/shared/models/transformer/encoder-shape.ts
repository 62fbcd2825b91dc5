import { INPUT_COUNT, SKIP_COUNT } from '../networks/network-inputs.ts';
import type { TransformerHyperparameters } from './transformer-hyperparameters.ts';

/** Units of the feed forward, in widths. */
const FEED_FORWARD_WIDTHS = 2;

/** The sizes of an encoder; they fix how its parameters are laid out. */
export interface EncoderShape {
  /** Inputs per bar. */
  readonly inputs: number;
  readonly width: number;
  /** Attention heads of a block; a divisor of the width. */
  readonly heads: number;
  readonly blocks: number;
  /** Units between the two maps of a block's feed forward. */
  readonly feedForward: number;
  /** Bars the encoder sees, the last of them the cutoff. */
  readonly lookback: number;
  /** Inputs at the cutoff that go straight to the log scale, past the encoder. */
  readonly skipInputs: number;
}

/** The shape of the encoder that hyperparameters ask for. */
export function encoderShape({ width, heads, blocks, lookback }: TransformerHyperparameters): EncoderShape {
  const feedForward = FEED_FORWARD_WIDTHS * width;
  return { inputs: INPUT_COUNT, width, heads, blocks, feedForward, lookback, skipInputs: SKIP_COUNT };
}

/** Where the parameters of one block begin. A map is outputs x inputs, row by row, and then its biases if it has any. */
export interface BlockLayout {
  /** Layer norm before attention: `width` gains and as many shifts. */
  readonly attentionNorm: number;
  /** Maps of width x width, without biases. */
  readonly query: number;
  readonly key: number;
  readonly value: number;
  readonly output: number;
  /** Layer norm before the feed forward. */
  readonly feedForwardNorm: number;
  /** Map of feedForward x width, with biases. */
  readonly expand: number;
  /** Map of width x feedForward, with biases. */
  readonly contract: number;
}

/** Where each part of the flat parameter vector begins, and how long the vector is. */
export interface EncoderLayout {
  /** Map of width x inputs, with biases. */
  readonly embedding: number;
  readonly blocks: readonly BlockLayout[];
  /** Layer norm of what the heads see. */
  readonly outputNorm: number;
  /** Location head: `width` weights and a bias. */
  readonly location: number;
  /** Log scale head: `width` weights, `skipInputs` weights and a bias. */
  readonly logScale: number;
  readonly length: number;
}

/** The layout of an encoder's parameters. */
export function encoderLayout({
  inputs,
  width,
  blocks,
  feedForward,
  skipInputs,
}: EncoderShape): EncoderLayout {
  let next = 0;
  const take = (length: number): number => {
    next += length;
    return next - length;
  };
  return {
    embedding: take(width * (inputs + 1)),
    blocks: Array.from({ length: blocks }, () => ({
      attentionNorm: take(2 * width),
      query: take(width * width),
      key: take(width * width),
      value: take(width * width),
      output: take(width * width),
      feedForwardNorm: take(2 * width),
      expand: take(feedForward * (width + 1)),
      contract: take(width * (feedForward + 1)),
    })),
    outputNorm: take(2 * width),
    location: take(width + 1),
    logScale: take(width + skipInputs + 1),
    length: next,
  };
}
