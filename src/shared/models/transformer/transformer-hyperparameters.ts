import { FitError } from '../../errors/fit-error.ts';
import type { Hyperparameters } from '../forecaster.ts';
import type { NetworkHyperparameters } from '../networks/network-kind.ts';
import { NETWORK_RULES, parseNetworkRules, requireAtMost } from '../networks/network-rules.ts';
import type { Rule } from '../parse-by-rules.ts';

/** What is chosen before a TRANSFORMER is fitted. */
export interface TransformerHyperparameters extends NetworkHyperparameters {
  /** Numbers by which the encoder describes a bar, a multiple of 4, 4 to 64. */
  readonly width: number;
  /** Attention heads of each block, 1 to 8; a divisor of the width. Default 2. */
  readonly heads: number;
  /** Blocks of attention and feed forward, one upon the other, 1 to 4; default 1. */
  readonly blocks: number;
}

/** Tried on validation. One entry: a second one would double the trials of the ensemble of four. */
export const TRANSFORMER_GRID: readonly Hyperparameters[] = [
  {
    ...{ width: 8, heads: 2, blocks: 1, lookback: 10, learningRate: 0.005, dropout: 0.2 },
    ...{ epochs: 12, batchSize: 32, networks: 3 },
  },
];

const RULES: Readonly<Record<keyof TransformerHyperparameters, Rule>> = {
  width: { lowest: 4, highest: 64, multipleOf: 4 },
  heads: { lowest: 1, highest: 8, multipleOf: 1, default: 2 },
  blocks: { lowest: 1, highest: 4, multipleOf: 1, default: 1 },
  ...NETWORK_RULES,
};

/** Width x blocks x lookback x batch size at most: about 20 MB of activations and their derivatives while training. */
const LARGEST_BATCH = 100_000;

/**
 * Multiplications at most for the forecast of one bar, all networks together: some hundred bars, which are one unit of work, then
 * take tenths of a second of CPU. The passes of Monte-Carlo dropout repeat the heads alone.
 */
const LARGEST_FORECAST = 2_000_000;

/**
 * Hyperparameters with their defaults.
 *
 * @throws FitError `invalid_hyperparameters` for a value that is missing, out of its range, or has another name, for heads that
 * do not divide the width, for a batch that would not fit an Edge Function's memory and a forecast that would not fit its CPU
 */
export function parseTransformerHyperparameters(
  hyperparameters: Hyperparameters,
): TransformerHyperparameters {
  const parsed = parseNetworkRules<TransformerHyperparameters>('TRANSFORMER', RULES, hyperparameters);
  const { width, heads, blocks, lookback, batchSize, networks } = parsed;
  if (width % heads !== 0) {
    throw new FitError(
      'invalid_hyperparameters',
      `TRANSFORMER: heads is ${heads}, but must divide the width, which is ${width}`,
      { name: 'heads', value: heads },
    );
  }
  requireAtMost(
    'TRANSFORMER',
    ['width x blocks x lookback x batchSize', width * blocks * lookback * batchSize],
    LARGEST_BATCH,
    ['the batch size', 'batchSize', batchSize],
  );
  // Of a bar in a block: four projections and the feed forward, and its attention to every bar.
  const multiplications = blocks * lookback * (8 * width * width + 2 * lookback * width) * networks;
  requireAtMost(
    'TRANSFORMER',
    ['the number of multiplications for the forecast of a bar', multiplications],
    LARGEST_FORECAST,
    ['width, lookback, blocks or networks', 'width', width],
  );
  return parsed;
}
