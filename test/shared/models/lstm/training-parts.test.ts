import { describe, expect, it } from 'vitest';
import { adamStep, initialAdamState } from '../../../../src/shared/models/lstm/adam.ts';
import { clipGradient } from '../../../../src/shared/models/lstm/gradient-clipping.ts';
import { initialParameters } from '../../../../src/shared/models/lstm/initial-parameters.ts';
import { parameterLayout } from '../../../../src/shared/models/lstm/network-shape.ts';
import { studentTLoss } from '../../../../src/shared/models/lstm/student-t-loss.ts';
import { SeededRandom } from '../../../../src/shared/numerics/random.ts';

describe('Adam', () => {
  it('agrees with the algorithm written out with powers', () => {
    const parameters = Float64Array.of(1, -2);
    const state = initialAdamState(2);
    const expected = [1, -2];
    const m = [0, 0];
    const v = [0, 0];
    for (let t = 1; t <= 5; t++) {
      const gradient = Float64Array.of(0.3 * t, -1 / t);
      adamStep(parameters, gradient, state, 0.1);
      for (const i of [0, 1]) {
        m[i] = 0.9 * m[i] + 0.1 * gradient[i];
        v[i] = 0.999 * v[i] + 0.001 * gradient[i] ** 2;
        expected[i] -= (0.1 * (m[i] / (1 - 0.9 ** t))) / (Math.sqrt(v[i] / (1 - 0.999 ** t)) + 1e-8);
      }
    }
    expect(parameters[0]).toBeCloseTo(expected[0], 12);
    expect(parameters[1]).toBeCloseTo(expected[1], 12);
  });

  it('finds the minimum of a bowl', () => {
    const parameters = Float64Array.of(3, -4);
    const state = initialAdamState(2);
    for (let t = 0; t < 2000; t++) {
      adamStep(parameters, Float64Array.of(2 * (parameters[0] - 1), 20 * parameters[1]), state, 0.02);
    }
    expect(parameters[0]).toBeCloseTo(1, 3);
    expect(parameters[1]).toBeCloseTo(0, 3);
  });
});

describe('gradient clipping', () => {
  it('scales a long gradient to the limit and keeps its direction', () => {
    const gradient = Float64Array.of(3, 4);
    expect(clipGradient(gradient, 1)).toBe(5);
    expect(Array.from(gradient)).toEqual([expect.closeTo(0.6, 15), expect.closeTo(0.8, 15)]);
  });

  it('leaves a short one as it is', () => {
    const gradient = Float64Array.of(0.3, 0.4);
    clipGradient(gradient, 1);
    expect(Array.from(gradient)).toEqual([0.3, 0.4]);
  });

  it('tells of a gradient that is not finite', () => {
    expect(clipGradient(Float64Array.of(1, Number.NaN), 1)).toBeNaN();
  });
});

describe('the Student t loss', () => {
  it.each([
    [0, 0, 0],
    [2.5, 0.3, -0.4],
    [-40, 0.1, 0.2],
  ])('has the derivatives of finite differences at observation %s', (observed, location, logScale) => {
    const at = (dl: number, ds: number) => studentTLoss(observed, location + dl, logScale + ds).value;
    const loss = studentTLoss(observed, location, logScale);
    const step = 1e-5;
    expect(loss.byLocation).toBeCloseTo((at(step, 0) - at(-step, 0)) / (2 * step), 6);
    expect(loss.byLogScale).toBeCloseTo((at(0, step) - at(0, -step)) / (2 * step), 6);
  });

  it('is pulled no harder by a wild return than by a large one', () => {
    expect(Math.abs(studentTLoss(1000, 0, 0).byLocation)).toBeLessThan(
      Math.abs(studentTLoss(3, 0, 0).byLocation),
    );
  });
});

describe('initial parameters', () => {
  const shape = { inputs: 4, hidden: 6, lookback: 20, skipInputs: 4 };

  it('start from no location and the volatility that is known', () => {
    const { location } = parameterLayout(shape);
    const parameters = initialParameters(shape, new SeededRandom(1));
    expect(parameters.subarray(location).every((value) => value === 0)).toBe(true);
    expect(parameters.subarray(0, location).some((value) => value !== 0)).toBe(true);
  });

  it('remember at first: the forget gates have a bias of 1', () => {
    const { row } = parameterLayout(shape);
    const parameters = initialParameters(shape, new SeededRandom(1));
    for (let k = 0; k < shape.hidden; k++) {
      const bias = (k * row + row - 1) * 4;
      expect(Array.from(parameters.subarray(bias, bias + 4))).toEqual([0, 1, 0, 0]);
    }
  });
});
