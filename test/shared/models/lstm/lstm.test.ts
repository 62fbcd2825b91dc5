import { lstm } from '../../../../src/shared/models/lstm/lstm.ts';
import { describeForecasterConformance } from '../conformance.ts';

// Small enough to be quick; the second has every part of the training that the grid has.
describeForecasterConformance(lstm, {
  hyperparameters: [
    { hiddenUnits: 4, lookback: 5, learningRate: 0.02, dropout: 0, epochs: 2, batchSize: 64 },
    { hiddenUnits: 8, lookback: 20, learningRate: 0.01, dropout: 0.2, epochs: 6, batchSize: 32 },
  ],
});
