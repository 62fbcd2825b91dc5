import { initialParameters } from '../../../src/shared/models/lstm/initial-parameters.ts';
import { LoadedNetwork } from '../../../src/shared/models/lstm/kernel/lstm-kernel.ts';
import type { NetworkShape } from '../../../src/shared/models/lstm/network-shape.ts';
import type { NetworkData } from '../../../src/shared/models/networks/network.ts';
import { DEGREES_OF_FREEDOM } from '../../../src/shared/models/networks/student-t-likelihood.ts';
import { SeededRandom } from '../../../src/shared/numerics/random.ts';
import type { ZooModel } from '../zoo-model.ts';
import { reshaped } from '../zoo-window.ts';

/** The core's kernel; one input, the standardised return, and one that is always 0 past the recurrent layer. */
const SHAPE: NetworkShape = { inputs: 1, hidden: 32, layers: 1, lookback: 8, skipInputs: 1 };
const EPOCHS = 120;
const LEARNING_RATE = 0.02;
const BATCH = 64;
/** The gradient's norm is held within this, lest training ends in numbers that are none. */
const GRADIENT_LIMIT = 1;

/**
 * The LSTM of the core without what keeps the member from overfitting: no stopping samples, no dropout, no ensemble of networks,
 * 120 epochs with Adam on all known bars, the learning rate falling from 0.02 to 0. It forecasts the mean; its distribution has
 * the spread and shape of filtered historical simulation.
 */
export const memorisingLstm: ZooModel = {
  name: 'unregularised LSTM',
  group: 'memoriser',
  fit({ returns, seed }) {
    const unit = Math.sqrt(returns.reduce((sum, value) => sum + value * value, 0) / (returns.length - 1));
    const parameters = train(networkData(returns, unit), returns.length, seed);
    return (stretch) => {
      const network = new LoadedNetwork(
        SHAPE,
        networkData(stretch.returns, unit),
        parameters,
        BATCH,
        DEGREES_OF_FREEDOM,
      );
      const means: number[] = [];
      for (let from = stretch.from; from < stretch.to; from += BATCH) {
        const bars = Math.min(BATCH, stretch.to - from);
        const { locations } = network.forward(Int32Array.from({ length: bars }, (_, i) => from + i - 1));
        means.push(...Array.from(locations, (location) => location * unit));
      }
      return stretch.fhs.map((forecast, i) => reshaped(forecast, means[i]));
    };
  },
};

/** Row i holds the return into bar i, and as target that into the next. */
function networkData(returns: Float64Array, unit: number): NetworkData {
  const inputs = Float32Array.from(returns, (value) => value / unit);
  const targets = new Float32Array(returns.length);
  targets.set(inputs.subarray(1));
  return { inputs, skip: new Float32Array(returns.length), targets };
}

function train(data: NetworkData, bars: number, seed: number): Float32Array {
  const random = new SeededRandom(seed);
  const network = new LoadedNetwork(SHAPE, data, initialParameters(SHAPE, random), BATCH, DEGREES_OF_FREEDOM);
  const first = SHAPE.lookback;
  const count = bars - 1 - first;
  for (let epoch = 0; epoch < EPOCHS; epoch++) {
    const order = random.permutation(count).map((sample) => first + sample);
    for (let from = 0; from < count; from += BATCH) {
      network.forward(order.subarray(from, Math.min(from + BATCH, count)));
      const norm = network.backward();
      network.update(LEARNING_RATE * (1 - epoch / EPOCHS), norm > GRADIENT_LIMIT ? GRADIENT_LIMIT / norm : 1);
    }
  }
  return network.parameters.slice();
}
