import { describe, expect, it } from 'vitest';
import { LstmNetwork } from '../../../../src/shared/models/lstm/lstm-network.ts';
import { type NetworkShape, parameterLayout } from '../../../../src/shared/models/lstm/network-shape.ts';
import { studentTLoss } from '../../../../src/shared/models/lstm/student-t-loss.ts';
import { SeededRandom } from '../../../../src/shared/numerics/random.ts';

const BARS = 12;

function randomProblem(shape: NetworkShape, seed: number) {
  const random = new SeededRandom(seed);
  const normals = (n: number, scale: number) =>
    Float64Array.from({ length: n }, () => scale * random.normal());
  return {
    parameters: normals(parameterLayout(shape).length, 0.4),
    inputs: normals(BARS * shape.inputs, 1),
    skip: normals(BARS * shape.skipInputs, 1),
    mask: Float64Array.from({ length: shape.hidden }, (_, k) => (k % 2 === 0 ? 1.25 : 0)),
  };
}

/** The equations as they stand in a textbook, one gate at a time, with the platform's functions. */
function slowTwin(
  shape: NetworkShape,
  parameters: Float64Array,
  inputs: Float64Array,
  skip: Float64Array,
  cutoff: number,
): { location: number; logScale: number } {
  const { hidden, lookback, skipInputs } = shape;
  const { row, location, logScale } = parameterLayout(shape);
  let h = new Array<number>(hidden).fill(0);
  let c = new Array<number>(hidden).fill(0);
  for (let bar = cutoff - lookback + 1; bar <= cutoff; bar++) {
    const x = [...inputs.subarray(bar * shape.inputs, (bar + 1) * shape.inputs), ...h, 1];
    const gate = (unit: number, which: number) =>
      x.reduce((sum, value, j) => sum + value * parameters[(unit * row + j) * 4 + which], 0);
    const logistic = (value: number) => 1 / (1 + Math.exp(-value));
    const units = [...h.keys()];
    c = units.map((k) => logistic(gate(k, 1)) * c[k] + logistic(gate(k, 0)) * Math.tanh(gate(k, 2)));
    h = units.map((k) => logistic(gate(k, 3)) * Math.tanh(c[k]));
  }
  const linear = (start: number, values: readonly number[]) =>
    [...values, 1].reduce((sum, value, j) => sum + value * parameters[start + j], 0);
  const direct = skip.subarray(cutoff * skipInputs, (cutoff + 1) * skipInputs);
  return { location: linear(location, h), logScale: linear(logScale, [...h, ...direct]) };
}

const shapes: NetworkShape[] = [
  { inputs: 1, hidden: 1, lookback: 1, skipInputs: 0 },
  { inputs: 4, hidden: 3, lookback: 5, skipInputs: 4 },
  { inputs: 2, hidden: 8, lookback: 10, skipInputs: 1 },
];

describe.each(shapes)('a network of $hidden units over $lookback bars', (shape) => {
  it('agrees with the textbook equations', () => {
    const { parameters, inputs, skip } = randomProblem(shape, 1);
    const network = new LstmNetwork(shape);
    for (const cutoff of [10, 11, 10]) {
      const twin = slowTwin(shape, parameters, inputs, skip, cutoff);
      network.forward(parameters, inputs, skip, cutoff);
      expect(network.location).toBeCloseTo(twin.location, 6);
      expect(network.logScale).toBeCloseTo(twin.logScale, 6);
    }
  });

  it.each([false, true])('has the gradient of finite differences (dropout: %s)', (dropout) => {
    const { parameters, inputs, skip, mask } = randomProblem(shape, 2);
    const used = dropout ? mask : undefined;
    const network = new LstmNetwork(shape);
    const lossAt = (at: Float64Array) => {
      network.forward(at, inputs, skip, 11, used);
      return studentTLoss(0.7, network.location, network.logScale);
    };
    const loss = lossAt(parameters);
    const gradient = new Float64Array(parameters.length);
    network.backward(parameters, gradient, loss.byLocation, loss.byLogScale);

    const step = 1e-4;
    for (let i = 0; i < parameters.length; i++) {
      const shifted = (by: number) => {
        const copy = parameters.slice();
        copy[i] += by;
        return lossAt(copy).value;
      };
      const slope = (shifted(step) - shifted(-step)) / (2 * step);
      expect(Math.abs(gradient[i] - slope)).toBeLessThan(1e-4 * Math.max(0.1, Math.abs(slope)));
    }
  });

  it('adds to the gradient it is given', () => {
    const { parameters, inputs, skip } = randomProblem(shape, 3);
    const network = new LstmNetwork(shape);
    network.forward(parameters, inputs, skip, 11);
    const once = new Float64Array(parameters.length);
    network.backward(parameters, once, 1, 0.5);
    const twice = once.slice();
    network.backward(parameters, twice, 1, 0.5);
    twice.forEach((value, i) => {
      expect(value).toBeCloseTo(2 * once[i], 12);
    });
  });
});

describe('the log scale', () => {
  it('stays within e^-4 to e^4, and has no gradient beyond', () => {
    const shape = { inputs: 1, hidden: 1, lookback: 2, skipInputs: 0 };
    const { length } = parameterLayout(shape);
    const parameters = new Float64Array(length);
    parameters[length - 1] = 9;
    const network = new LstmNetwork(shape);
    network.forward(parameters, new Float64Array(4), new Float64Array(0), 3);
    expect(network.logScale).toBe(4);
    const gradient = new Float64Array(length);
    network.backward(parameters, gradient, 0, 1);
    expect(gradient.every((value) => value === 0)).toBe(true);
  });
});
