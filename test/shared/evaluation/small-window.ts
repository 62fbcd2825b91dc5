import type { EnsembleConfiguration } from '../../../src/shared/ensemble/ensemble-configuration.ts';
import { defaultConfiguration } from '../../../src/shared/ensemble/presets.ts';
import type { Window } from '../../../src/shared/evaluation/rolling-windows.ts';
import { simulatedSeries } from '../models/simulated-series.ts';

/** The real members with grids as small as they can be. */
export const smallConfiguration: EnsembleConfiguration = {
  ...defaultConfiguration,
  // Unequal, so that a weight in the wrong place shows.
  weights: { LSTM: 0.3, ARIMA_GARCH: 0.7 },
  grids: {
    LSTM: [
      { hiddenUnits: 4, lookback: 4, learningRate: 0.02, dropout: 0, epochs: 1, batchSize: 64 },
      { hiddenUnits: 4, lookback: 4, learningRate: 0.05, dropout: 0.2, epochs: 1, batchSize: 64 },
    ],
    ARIMA_GARCH: [{ variance: 'garch', innovations: 'normal' }],
  },
};

/** 390 bars of which the window takes the last 370: 280 train, 50 validation, 40 test. */
export const smallSeries = simulatedSeries(21, 390);
export const smallWindow: Window = {
  windowId: 389,
  trainFrom: 20,
  validationFrom: 300,
  testFrom: 350,
  end: 390,
};
