import { transformer } from '../../../../src/shared/models/transformer/transformer.ts';
import { describeForecasterConformance } from '../conformance.ts';

// Small enough to be quick; the second has every part of the training that there is.
describeForecasterConformance(transformer, {
  hyperparameters: [
    { width: 4, heads: 2, lookback: 5, learningRate: 0.02, dropout: 0, epochs: 2, batchSize: 64 },
    {
      ...{
        width: 8,
        heads: 4,
        blocks: 2,
        lookback: 10,
        learningRate: 0.01,
        dropout: 0.2,
        epochs: 4,
        batchSize: 32,
      },
      ...{ networks: 2, monteCarloPasses: 2 },
    },
  ],
});
