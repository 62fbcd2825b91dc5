import type { Hyperparameters } from '../forecaster.ts';
import { INPUT_COUNT } from '../networks/network-inputs.ts';
import type { NetworkHyperparameters } from '../networks/network-kind.ts';
import { NETWORK_RULES, parseNetworkRules, requireAtMost } from '../networks/network-rules.ts';
import type { Rule } from '../parse-by-rules.ts';

/** What is chosen before an LSTM is fitted. */
export interface LstmHyperparameters extends NetworkHyperparameters {
  /** Units of each recurrent layer, a multiple of 4, 4 to 128. */
  readonly hiddenUnits: number;
  /** Recurrent layers, 1 to 3; default 1. */
  readonly layers: number;
}

const SMALL = { lookback: 20, epochs: 12, batchSize: 32 } as const;

/** Tried on validation, in this order: the first is kept unless another one is clearly better. */
export const LSTM_GRID: readonly Hyperparameters[] = [
  { hiddenUnits: 16, ...SMALL, networks: 5, learningRate: 0.005, dropout: 0.2 },
  { hiddenUnits: 8, ...SMALL, networks: 3, learningRate: 0.005, dropout: 0 },
  { hiddenUnits: 32, ...SMALL, networks: 3, learningRate: 0.003, dropout: 0.2 },
];

const RULES: Readonly<Record<keyof LstmHyperparameters, Rule>> = {
  hiddenUnits: { lowest: 4, highest: 128, multipleOf: 4 },
  layers: { lowest: 1, highest: 3, multipleOf: 1, default: 1 },
  ...NETWORK_RULES,
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
  const parsed = parseNetworkRules<LstmHyperparameters>('LSTM', RULES, hyperparameters);
  const { hiddenUnits, layers, lookback, batchSize } = parsed;
  requireAtMost(
    'LSTM',
    ['hiddenUnits x layers x lookback x batchSize', hiddenUnits * layers * lookback * batchSize],
    LARGEST_BATCH,
    ['the batch size', 'batchSize', batchSize],
  );
  requireAtMost(
    'LSTM',
    ['the number of multiplications for the forecast of a bar', forecastCost(parsed)],
    LARGEST_FORECAST,
    ['hiddenUnits, lookback, networks, or monteCarloPasses of several layers', 'hiddenUnits', hiddenUnits],
  );
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
