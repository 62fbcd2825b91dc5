import { describe, expect, it } from 'vitest';
import { initialParameters } from '../../../../src/shared/models/lstm/initial-parameters.ts';
import { parameterLayout, weightIndex } from '../../../../src/shared/models/lstm/network-shape.ts';
import { SeededRandom } from '../../../../src/shared/numerics/random.ts';

const shape = { inputs: 4, hidden: 8, layers: 2, lookback: 20, skipInputs: 4 };

describe('initial parameters', () => {
  const parameters = initialParameters(shape, new SeededRandom(1));
  const { layers, location } = parameterLayout(shape);

  it('start from no location and the volatility that is known', () => {
    expect(parameters.subarray(location).every((value) => value === 0)).toBe(true);
    expect(parameters.subarray(0, location).some((value) => value !== 0)).toBe(true);
  });

  it('remember at first: the forget gates have a bias of 1, the others 0', () => {
    for (const layer of layers) {
      for (let unit = 0; unit < shape.hidden; unit++) {
        const bias = shape.hidden + layer.inputs;
        expect([0, 1, 2, 3].map((gate) => parameters[weightIndex(layer, unit, gate, bias)])).toEqual([
          0, 1, 0, 0,
        ]);
      }
    }
  });

  it('have a weight for every input of every gate, within 1 / sqrt(units)', () => {
    for (const layer of layers) {
      for (let entry = 0; entry < shape.hidden + layer.inputs; entry++) {
        const weight = parameters[weightIndex(layer, 3, 2, entry)];
        expect(weight).not.toBe(0);
        expect(Math.abs(weight)).toBeLessThanOrEqual(1 / Math.sqrt(shape.hidden));
      }
    }
  });
});
