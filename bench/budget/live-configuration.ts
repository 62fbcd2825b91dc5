import type { EnsembleConfiguration } from '../../src/shared/ensemble/ensemble-configuration.ts';
import { defaultConfiguration } from '../../src/shared/ensemble/presets.ts';
import type { Hyperparameters } from '../../src/shared/models/forecaster.ts';

/** Monte-Carlo passes of a forecast. */
const PASSES = 50;

/** The LSTM of the budget, which is the largest entry of the member's own grid but for its passes. */
export const BUDGET_LSTM: Hyperparameters = {
  ...{ hiddenUnits: 32, lookback: 20, learningRate: 0.003, dropout: 0.2 },
  ...{ epochs: 12, batchSize: 32, networks: 3, monteCarloPasses: PASSES },
};

/** The default ensemble whose LSTM is that of the budget: tuning and scores take its passes for each of their bars too. */
export const ONE_SIZE: EnsembleConfiguration = { ...defaultConfiguration, grids: { LSTM: [BUDGET_LSTM] } };
