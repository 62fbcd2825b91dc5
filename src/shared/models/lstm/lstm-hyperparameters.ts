import { FitError } from '../../errors/fit-error.ts';
import type { Hyperparameters } from '../forecaster.ts';
import { INPUT_COUNT } from './network-inputs.ts';

/** What is chosen before an LSTM is fitted. */
export interface LstmHyperparameters {
  /** Units of each recurrent layer, a multiple of 4, 4 to 128. */
  readonly hiddenUnits: number;
  /** Recurrent layers, 1 to 3; default 1. */
  readonly layers: number;
  /** Bars the network sees, 2 to 120. */
  readonly lookback: number;
  /** Adam's step size, above 0 and at most 1. */
  readonly learningRate: number;
  /** Share of each layer's output dropped while training, 0 to 0.9. */
  readonly dropout: number;
  /** Epochs at most, 1 to 1000; early stopping may take fewer. */
  readonly epochs: number;
  /** Samples per mini-batch, 1 to 1024. */
  readonly batchSize: number;
  /** Networks that are trained from different seeds and averaged, 1 to 10; default 1. */
  readonly networks: number;
  /** Forward passes with dropout that a forecast averages (Monte-Carlo dropout), 0 to 200; default 0: one without dropout. */
  readonly monteCarloPasses: number;
}

const SMALL = { lookback: 20, epochs: 12, batchSize: 32 } as const;

/** Tried on validation, in this order: the first is kept unless another one is clearly better. */
export const LSTM_GRID: readonly Hyperparameters[] = [
  { hiddenUnits: 16, ...SMALL, networks: 5, learningRate: 0.005, dropout: 0.2 },
  { hiddenUnits: 8, ...SMALL, networks: 3, learningRate: 0.005, dropout: 0 },
  { hiddenUnits: 32, ...SMALL, networks: 3, learningRate: 0.003, dropout: 0.2 },
];

/** The size of the system that this one replaces; in place of {@link LSTM_GRID} where CPU time is no matter. */
export const LARGE_LSTM_GRID: readonly Hyperparameters[] = [
  {
    ...{ hiddenUnits: 64, layers: 2, lookback: 60, learningRate: 0.001, dropout: 0.2 },
    ...{ epochs: 12, batchSize: 32, networks: 1 },
  },
];

/** Of a hyperparameter: its lowest and highest value, what it is a multiple of, and its default. */
interface Rule {
  readonly lowest: number;
  readonly highest: number;
  readonly multipleOf?: number;
  readonly default?: number;
}

const RULES: Readonly<Record<keyof LstmHyperparameters, Rule>> = {
  hiddenUnits: { lowest: 4, highest: 128, multipleOf: 4 },
  layers: { lowest: 1, highest: 3, multipleOf: 1, default: 1 },
  lookback: { lowest: 2, highest: 120, multipleOf: 1 },
  learningRate: { lowest: 1e-6, highest: 1 },
  dropout: { lowest: 0, highest: 0.9 },
  epochs: { lowest: 1, highest: 1000, multipleOf: 1 },
  batchSize: { lowest: 1, highest: 1024, multipleOf: 1 },
  networks: { lowest: 1, highest: 10, multipleOf: 1, default: 1 },
  monteCarloPasses: { lowest: 0, highest: 200, multipleOf: 1, default: 0 },
};

/** Units x layers x lookback x batch size at most: about 16 MB of states and gates while training. */
const LARGEST_BATCH = 500_000;

/**
 * Multiplications at most for the forecast of one bar, all networks and passes together: a thousand bars, which are one unit of
 * work, then take about 0.7 s of CPU.
 */
const LARGEST_FORECAST = 10_000_000;

/**
 * Hyperparameters with their defaults.
 *
 * @throws FitError `invalid_hyperparameters` for a value that is missing, out of its range, or has another name, for a
 * batch that would not fit an Edge Function's memory and a forecast that would not fit its CPU
 */
export function parseLstmHyperparameters(hyperparameters: Hyperparameters): LstmHyperparameters {
  const unknown = Object.keys(hyperparameters).find((name) => !Object.hasOwn(RULES, name));
  if (unknown !== undefined) {
    throw new FitError('invalid_hyperparameters', `LSTM has no hyperparameter ${unknown}.`, {
      name: unknown,
    });
  }
  const parsed = Object.fromEntries(
    Object.entries(RULES).map(([name, rule]) => [name, parseValue(name, hyperparameters[name], rule)]),
  ) as unknown as LstmHyperparameters;
  const { hiddenUnits, layers, lookback, batchSize, dropout, monteCarloPasses } = parsed;
  const size = hiddenUnits * layers * lookback * batchSize;
  if (size > LARGEST_BATCH) {
    throw new FitError(
      'invalid_hyperparameters',
      `LSTM: hiddenUnits x layers x lookback x batchSize is ${size}, but may be ${LARGEST_BATCH} at most: lower the batch size.`,
      { name: 'batchSize', value: batchSize },
    );
  }
  const multiplications = forecastCost(parsed);
  if (multiplications > LARGEST_FORECAST) {
    throw new FitError(
      'invalid_hyperparameters',
      `LSTM: the forecast of a bar takes ${multiplications} multiplications, but may take ${LARGEST_FORECAST} at most: lower hiddenUnits, lookback, networks, or monteCarloPasses of several layers.`,
      { name: 'hiddenUnits', value: hiddenUnits },
    );
  }
  if (monteCarloPasses > 0 && dropout === 0) {
    throw new FitError(
      'invalid_hyperparameters',
      `LSTM: monteCarloPasses is ${monteCarloPasses}, but with a dropout of 0 all passes are the same.`,
      { name: 'monteCarloPasses', value: monteCarloPasses },
    );
  }
  return parsed;
}

/** Of all gates, bars, networks and passes; of one layer, passes repeat the heads alone. */
function forecastCost(hyperparameters: LstmHyperparameters): number {
  const { hiddenUnits, layers, lookback, networks, monteCarloPasses } = hyperparameters;
  const bottom = hiddenUnits + INPUT_COUNT + 1;
  const above = (layers - 1) * (2 * hiddenUnits + 1);
  const passes = layers === 1 ? 1 : Math.max(1, monteCarloPasses);
  return 4 * hiddenUnits * (bottom + above) * lookback * networks * passes;
}

function parseValue(name: string, given: unknown, rule: Rule): number {
  const value = given ?? rule.default;
  const { lowest, highest, multipleOf } = rule;
  const inRange = typeof value === 'number' && value >= lowest && value <= highest;
  if (inRange && (multipleOf === undefined || value % multipleOf === 0)) return value;
  const kind =
    multipleOf === undefined ? 'number' : multipleOf === 1 ? 'whole number' : `multiple of ${multipleOf}`;
  throw new FitError(
    'invalid_hyperparameters',
    `LSTM: ${name} is ${given}, but must be a ${kind} from ${lowest} to ${highest}.`,
    { name, value: (given as number | undefined) ?? null },
  );
}
