import { describe, expect, it } from 'vitest';
import { LoadedNetwork } from '../../../../src/shared/models/lstm/kernel/lstm-kernel.ts';
import {
  type NetworkShape,
  parameterLayout,
  weightIndex,
} from '../../../../src/shared/models/lstm/network-shape.ts';
import type { NetworkData } from '../../../../src/shared/models/networks/network.ts';
import { SeededRandom } from '../../../../src/shared/numerics/random.ts';
import { LstmTwin } from './lstm-twin.ts';

const FREEDOM = 6;
const BARS = 40;

const shapes: NetworkShape[] = [
  { inputs: 1, hidden: 4, layers: 1, lookback: 1, skipInputs: 0 },
  { inputs: 4, hidden: 8, layers: 1, lookback: 5, skipInputs: 4 },
  { inputs: 5, hidden: 12, layers: 1, lookback: 9, skipInputs: 1 },
  { inputs: 3, hidden: 4, layers: 2, lookback: 6, skipInputs: 2 },
  { inputs: 7, hidden: 8, layers: 3, lookback: 4, skipInputs: 3 },
];

function randomProblem(shape: NetworkShape, seed: number, scale = 0.4) {
  const random = new SeededRandom(seed);
  const normals = (n: number, size: number) => Float32Array.from({ length: n }, () => size * random.normal());
  const data: NetworkData = {
    inputs: normals(BARS * shape.inputs, 1),
    skip: normals(BARS * shape.skipInputs, 1),
    targets: normals(BARS, 1.5),
  };
  return { data, parameters: usedParameters(shape, normals(parameterLayout(shape).length, scale)), random };
}

/** Sets to 0 what the layout does not use, as every network has it. */
function usedParameters(shape: NetworkShape, parameters: Float32Array): Float32Array {
  const { layers, location } = parameterLayout(shape);
  for (const { offset, inputs, row } of layers) {
    for (let quad = 0; quad < shape.hidden / 4; quad++) {
      for (let entry = shape.hidden + inputs + 1; entry < row; entry++) {
        const from = offset + (quad * row + entry) * 16;
        parameters.fill(0, from, from + 16);
      }
    }
  }
  return parameters.fill(0, location + 2 * shape.hidden + shape.skipInputs + 2);
}

/** Masks as the kernel takes them, and by layer for a sample as the twin does. */
function dropoutMasks(shape: NetworkShape, network: LoadedNetwork, random: SeededRandom) {
  network.masks.forEach((_, i, masks) => {
    masks[i] = random.uniform() < 0.3 ? 0 : 1 / 0.7;
  });
  const copy = network.masks.slice();
  return (sample: number) =>
    Array.from({ length: shape.layers }, (_, layer) => {
      const from = (layer * network.sampleStride + sample) * shape.hidden;
      return Array.from(copy.subarray(from, from + shape.hidden));
    });
}

function twinSample(
  shape: NetworkShape,
  data: NetworkData,
  parameters: ArrayLike<number>,
  cutoff: number,
  masks?: number[][],
) {
  const bars = Array.from({ length: shape.lookback }, (_, t) => {
    const bar = cutoff - shape.lookback + 1 + t;
    return Array.from(data.inputs.subarray(bar * shape.inputs, (bar + 1) * shape.inputs));
  });
  const skip = Array.from(data.skip.subarray(cutoff * shape.skipInputs, (cutoff + 1) * shape.skipInputs));
  return new LstmTwin(shape, parameters, FREEDOM).sample(bars, skip, data.targets[cutoff], masks);
}

/** The largest difference, in units of the largest expected value. */
function relativeError(actual: ArrayLike<number>, expected: ArrayLike<number>): number {
  let size = 0;
  let error = 0;
  for (let i = 0; i < expected.length; i++) {
    size = Math.max(size, Math.abs(expected[i]));
    error = Math.max(error, Math.abs(actual[i] - expected[i]));
  }
  return error / size;
}

describe.each(shapes)(
  'the kernel, $layers layers of $hidden units over $lookback bars of $inputs inputs',
  (shape) => {
    const samples = Int32Array.from([39, 11, 20, 11, 33, 12, 30]);

    it.each([false, true])('agrees with its slow twin, output and gradient (dropout: %s)', (masked) => {
      const { data, parameters, random } = randomProblem(shape, 1);
      const network = new LoadedNetwork(shape, data, parameters, 9, FREEDOM);
      const masksOf = dropoutMasks(shape, network, random);
      const { locations, logScales } = network.forward(samples, masked);
      const loss = network.loss();
      const norm = network.backward(masked);
      const expected = new Float64Array(parameters.length);
      let expectedLoss = 0;
      samples.forEach((cutoff, i) => {
        const twin = twinSample(shape, data, parameters, cutoff, masked ? masksOf(i) : undefined);
        expect(locations[i]).toBeCloseTo(twin.location, 5);
        expect(logScales[i]).toBeCloseTo(twin.logScale, 5);
        expectedLoss += twin.loss;
        twin.gradient.forEach((value, k) => {
          expected[k] += value / samples.length;
        });
      });
      expect(loss).toBeCloseTo(expectedLoss, 4);
      expect(relativeError(network.gradient, expected)).toBeLessThan(3e-6);
      expect(norm).toBeCloseTo(Math.sqrt(expected.reduce((sum, value) => sum + value * value, 0)), 5);
    });

    it('has a twin whose gradient is that of finite differences', () => {
      const { data, parameters, random } = randomProblem(shape, 2);
      const masks = Array.from({ length: shape.layers }, () =>
        Array.from({ length: shape.hidden }, () => (random.uniform() < 0.3 ? 0 : 1.25)),
      );
      const at = Float64Array.from(parameters);
      const { gradient } = twinSample(shape, data, at, 20, masks);
      const step = 1e-5;
      const stride = Math.max(1, Math.floor(at.length / 60));
      for (let i = 0; i < at.length; i += stride) {
        const lossAt = (by: number) => {
          const shifted = at.slice();
          shifted[i] += by;
          return twinSample(shape, data, shifted, 20, masks).loss;
        };
        expect(gradient[i]).toBeCloseTo((lossAt(step) - lossAt(-step)) / (2 * step), 7);
      }
    });

    it('gives a sample the same bits alone, in a batch, and after other networks', () => {
      const { data, parameters } = randomProblem(shape, 3);
      const network = new LoadedNetwork(shape, data, parameters, 32, FREEDOM);
      const together = network.forward(samples).logScales.slice();
      const again = new LoadedNetwork(shape, data, parameters, 4, FREEDOM);
      samples.forEach((cutoff, i) => {
        expect(again.forward(Int32Array.of(cutoff)).logScales[0]).toBe(together[i]);
      });
    });

    it('leaves what the layout does not use at 0', () => {
      const { data, parameters } = randomProblem(shape, 4);
      const network = new LoadedNetwork(shape, data, parameters, 8, FREEDOM);
      for (let step = 0; step < 3; step++) {
        network.forward(samples);
        network.backward();
        network.update(0.01, 1);
      }
      expect(network.parameters).toEqual(usedParameters(shape, network.parameters.slice()));
      expect(network.parameters).not.toEqual(parameters);
    });
  },
);

describe.each(shapes)('the heads alone, $layers layers of $hidden units', (shape) => {
  it('after other masks of the top layer give what the whole network gives, if it has one layer', () => {
    const { data, parameters, random } = randomProblem(shape, 11);
    const network = new LoadedNetwork(shape, data, parameters, 8, FREEDOM);
    const samples = Int32Array.of(20, 39, 12);
    dropoutMasks(shape, network, random);
    const first = network.forward(samples, true).logScales.slice();
    dropoutMasks(shape, network, random);
    const again = network.heads().logScales.slice();
    const whole = network.forward(samples, true).logScales.slice();
    expect(again).not.toEqual(first);
    if (shape.layers === 1) expect(again).toEqual(whole);
    else expect(again).not.toEqual(whole);
  });

  it('leave nothing of a larger batch in the gradient of a smaller one', () => {
    const { data, parameters } = randomProblem(shape, 12);
    const used = new LoadedNetwork(shape, data, parameters, 8, FREEDOM);
    used.forward(Int32Array.of(30, 31, 32, 33, 34, 35, 36, 37));
    used.backward();
    used.forward(Int32Array.of(20, 21, 22, 23, 24));
    used.backward();
    const found = used.gradient.slice();
    const fresh = new LoadedNetwork(shape, data, parameters, 8, FREEDOM);
    fresh.forward(Int32Array.of(20, 21, 22, 23, 24));
    fresh.backward();
    expect(found).toEqual(fresh.gradient);
  });
});

describe('a step of Adam in the kernel', () => {
  const shape = shapes[1];

  it('agrees with the algorithm written out with powers, clipping included', () => {
    const { data, parameters } = randomProblem(shape, 5);
    const network = new LoadedNetwork(shape, data, parameters, 8, FREEDOM);
    const expected = Float64Array.from(parameters);
    const m = new Float64Array(expected.length);
    const v = new Float64Array(expected.length);
    for (let t = 1; t <= 6; t++) {
      network.forward(Int32Array.of(10 + t, 20 + t, 30 + t));
      const norm = network.backward();
      const factor = Math.min(1, 0.5 / norm);
      network.gradient.forEach((value, i) => {
        const slope = value * factor;
        m[i] = 0.9 * m[i] + 0.1 * slope;
        v[i] = 0.999 * v[i] + 0.001 * slope ** 2;
        expected[i] -= (0.02 * (m[i] / (1 - 0.9 ** t))) / (Math.sqrt(v[i] / (1 - 0.999 ** t)) + 1e-8);
      });
      network.update(0.02, factor);
    }
    expect(Math.max(...network.parameters.map((value, i) => Math.abs(value - expected[i])))).toBeLessThan(
      2e-6,
    );
  });

  it('goes on with the same bits from a copied state', () => {
    const { data, parameters } = randomProblem(shape, 6);
    const train = (network: LoadedNetwork, from: number, to: number) => {
      for (let t = from; t < to; t++) {
        network.forward(Int32Array.of(10 + t, 20 + t, 30 + t));
        network.backward();
        network.update(0.02, 1);
      }
      return network;
    };
    const through = train(new LoadedNetwork(shape, data, parameters, 8, FREEDOM), 0, 8).parameters.slice();
    const half = train(new LoadedNetwork(shape, data, parameters, 8, FREEDOM), 0, 4);
    const [held, state] = [half.parameters.slice(), half.adamState()];
    const resumed = new LoadedNetwork(shape, data, held, 8, FREEDOM);
    resumed.restoreAdam(state);
    expect(train(resumed, 4, 8).parameters).toEqual(through);
  });
});

describe('the kernel', () => {
  const shape = shapes[1];

  it('has activations that are exact to 1e-6 over their whole range', () => {
    const one: NetworkShape = { inputs: 1, hidden: 4, layers: 1, lookback: 1, skipInputs: 0 };
    const { layers, location, length } = parameterLayout(one);
    const bars = 400;
    const inputs = Float32Array.from({ length: bars }, (_, i) => (i - bars / 2) / 10);
    const data = { inputs, skip: new Float32Array(0), targets: new Float32Array(bars) };
    const parameters = new Float32Array(length);
    // Of the four units one shows the input gate, one the candidate, one the output gate, one all three.
    const gates = [[0], [2], [3], [0, 2, 3]];
    gates.forEach((driven, unit) => {
      for (const gate of [0, 2, 3]) {
        const entry = driven.includes(gate) ? one.hidden : one.hidden + 1;
        parameters[weightIndex(layers[0], unit, gate, entry)] = entry === one.hidden ? 1 : 0.7;
      }
    });
    for (const unit of [0, 1, 2, 3]) {
      const only = parameters.slice();
      only[location + unit] = 1;
      const network = new LoadedNetwork(one, data, only, 4, FREEDOM);
      for (let bar = 0; bar < bars; bar++) {
        const [found] = network.forward(Int32Array.of(bar)).locations;
        expect(Math.abs(found - twinSample(one, data, only, bar).location)).toBeLessThan(1e-6);
      }
    }
  });

  it('saturates without leaving the numbers, and holds the log scale within e^-4 to e^4', () => {
    const { data, parameters } = randomProblem(shape, 7, 80);
    const network = new LoadedNetwork(shape, data, parameters, 8, FREEDOM);
    const { logScales } = network.forward(Int32Array.of(20, 21, 22));
    expect(Math.max(...logScales.map(Math.abs))).toBeGreaterThan(4);
    expect(network.loss()).toBeGreaterThan(-Infinity);
    expect(network.loss()).toBeLessThan(Infinity);
    expect(network.backward()).toBeLessThan(Infinity);
  });

  it('gives no gradient to a log scale beyond its bounds', () => {
    const { data, parameters } = randomProblem(shape, 10);
    const { logScale } = parameterLayout(shape);
    const bias = logScale + shape.hidden + shape.skipInputs;
    const far = parameters.slice().fill(0, logScale);
    far[bias] = 9;
    const network = new LoadedNetwork(shape, data, far, 4, FREEDOM);
    expect(network.forward(Int32Array.of(20)).logScales[0]).toBe(9);
    network.backward();
    expect(network.gradient.subarray(logScale).every((value) => value === 0)).toBe(true);
    expect(network.loss()).toBeCloseTo(twinSample(shape, data, far, 20).loss, 6);
  });

  it('carries a NaN from an input or a weight to loss and gradient', () => {
    const { data, parameters } = randomProblem(shape, 8);
    const inputs = data.inputs.slice();
    inputs[20 * shape.inputs] = Number.NaN;
    const dataWithNaN = new LoadedNetwork(shape, { ...data, inputs }, parameters, 4, FREEDOM);
    dataWithNaN.forward(Int32Array.of(20));
    expect(dataWithNaN.loss()).toBeNaN();
    expect(dataWithNaN.backward()).toBeNaN();
    const weightNaN = new LoadedNetwork(shape, data, parameters.slice().fill(Number.NaN, 0, 1), 4, FREEDOM);
    weightNaN.forward(Int32Array.of(20));
    expect(weightNaN.loss()).toBeNaN();
  });

  it('refuses sizes that do not fit, and a network that has been replaced', () => {
    const { data, parameters } = randomProblem(shape, 9);
    expect(() => new LoadedNetwork(shape, data, parameters.subarray(1), 4, FREEDOM)).toThrow(
      /parameters where/,
    );
    expect(() => new LoadedNetwork({ ...shape, hidden: 6 }, data, parameters, 4, FREEDOM)).toThrow(/by four/);
    expect(
      () => new LoadedNetwork(shape, { ...data, skip: new Float32Array(3) }, parameters, 4, FREEDOM),
    ).toThrow(/skip inputs where/);
    const network = new LoadedNetwork(shape, data, parameters, 4, FREEDOM);
    for (const outside of [shape.lookback - 2, -5, BARS]) {
      expect(() => network.forward(Int32Array.of(20, outside))).toThrow(/must be one from/);
    }
    expect(() => network.forward(new Int32Array(0))).toThrow(/0 samples/);
    expect(() => network.forward(Int32Array.of(20, 20, 20, 20, 20))).toThrow(/5 samples/);
    const first = new LoadedNetwork(shape, data, parameters, 4, FREEDOM);
    new LoadedNetwork(shape, data, parameters, 4, FREEDOM);
    expect(() => first.forward(Int32Array.of(20))).toThrow(/Another network/);
  });
});
