import { FitError } from '../../errors/fit-error.ts';
import type { Hyperparameters } from '../forecaster.ts';

/** What is chosen before an LSTM is fitted. */
export interface LstmHyperparameters {
  /** Units of the recurrent layer, 1 to 128. */
  readonly hiddenUnits: number;
  /** Bars the network sees, 2 to 120. */
  readonly lookback: number;
  /** Adam's step size, above 0 and at most 1. */
  readonly learningRate: number;
  /** Share of the last hidden state dropped while training, 0 to below 1. */
  readonly dropout: number;
  /** Epochs at most, 1 to 1000; early stopping may take fewer. */
  readonly epochs: number;
  /** Samples per mini-batch, 1 to 1024. */
  readonly batchSize: number;
}

/** Tried on validation, in this order. */
export const LSTM_GRID: readonly Hyperparameters[] = [
  { hiddenUnits: 8, lookback: 20, learningRate: 0.005, dropout: 0, epochs: 12, batchSize: 32 },
  { hiddenUnits: 8, lookback: 20, learningRate: 0.01, dropout: 0.2, epochs: 12, batchSize: 32 },
  { hiddenUnits: 16, lookback: 20, learningRate: 0.003, dropout: 0.2, epochs: 12, batchSize: 32 },
];

/** Name, lowest, highest value, and whether only whole numbers are allowed. */
const RULES: readonly (readonly [keyof LstmHyperparameters, number, number, boolean])[] = [
  ['hiddenUnits', 1, 128, true],
  ['lookback', 2, 120, true],
  ['learningRate', 1e-6, 1, false],
  ['dropout', 0, 0.9, false],
  ['epochs', 1, 1000, true],
  ['batchSize', 1, 1024, true],
];

/** @throws FitError `invalid_hyperparameters` for a value that is missing, out of its range, or has another name */
export function parseLstmHyperparameters(hyperparameters: Hyperparameters): LstmHyperparameters {
  for (const [name, lowest, highest, whole] of RULES) {
    const value = hyperparameters[name];
    const inRange = typeof value === 'number' && value >= lowest && value <= highest;
    if (!inRange || (whole && !Number.isInteger(value))) {
      throw new FitError(
        'invalid_hyperparameters',
        `LSTM: ${name} is ${value}, but must be a ${whole ? 'whole ' : ''}number from ${lowest} to ${highest}.`,
        { name, value: value ?? null },
      );
    }
  }
  const known = new Set<string>(RULES.map(([name]) => name));
  const unknown = Object.keys(hyperparameters).find((name) => !known.has(name));
  if (unknown !== undefined) {
    throw new FitError('invalid_hyperparameters', `LSTM has no hyperparameter ${unknown}.`, {
      name: unknown,
    });
  }
  return hyperparameters as unknown as LstmHyperparameters;
}
