import { describe, expect, it } from 'vitest';
import { ArimaLikelihood } from '../../../../src/shared/models/arima/arima-likelihood.ts';
import { ArmaFilter } from '../../../../src/shared/models/arima/arma-filter.ts';
import { firstWithoutLevels } from '../../../../src/shared/models/arima/diffuse-start.ts';
import { SeededRandom } from '../../../../src/shared/numerics/random.ts';
import { denseArimaLogLikelihood, denseArmaLogLikelihood } from './dense-gaussian.ts';

const noise = (seed: number, n: number) => {
  const random = new SeededRandom(seed);
  return Float64Array.from({ length: n }, () => random.normal());
};

const difference = (y: Float64Array) => y.subarray(1).map((value, t) => value - y[t]);

/** A likelihood of d-fold sums of noise, from a level far from 0. */
function dataOf(seed: number, n: number, d: number) {
  let y = noise(seed, n);
  for (let round = 0; round < d; round++) {
    let sum = 300;
    y = y.map((value) => {
      sum += value;
      return sum;
    });
  }
  let differences = y;
  for (let round = 0; round < d; round++) differences = difference(differences);
  const first = firstWithoutLevels(y.subarray(0, d));
  return { y, likelihood: new ArimaLikelihood({ differences, first, constant: d < 2 }), constant: d < 2 };
}

const MODELS = [
  { ar: [], ma: [] },
  { ar: [0.6], ma: [-0.3] },
  { ar: [-0.9], ma: [0.95] },
  { ar: [], ma: [0.5, -0.4] },
  { ar: [0.4, -0.3], ma: [] },
  { ar: [0.3, 0.1, 0.2], ma: [0.4] },
  { ar: [0.5], ma: [-0.2, 0.4, 0.1] },
  { ar: [0.5], ma: [-1] },
  { ar: [1.2, -0.5], ma: [0.3, 0.7] },
];

describe.each([0, 1, 2])('the likelihood of ARIMA with d = %i', (d) => {
  it.each(MODELS)(
    'is the joint normal density, constant and variance at their best: $ar, $ma',
    ({ ar, ma }) => {
      const { y, likelihood } = dataOf(5, 40, d);
      const gradient = new Float64Array(ar.length + ma.length);
      const value = likelihood.evaluate(Float64Array.from(ar), Float64Array.from(ma), gradient);
      expect(likelihood.evaluate(Float64Array.from(ar), Float64Array.from(ma), null)).toEqual(value);
      const model = { ar, ma, mean: value.constant, variance: value.variance };
      const dense = d === 0 ? denseArmaLogLikelihood(y, model) : denseArimaLogLikelihood(y, d, model);
      expect(Math.abs(-value.negativeLogLikelihood / dense - 1)).toBeLessThan(1e-10);
      for (const change of [0.99, 1.01]) {
        const other = denseArimaLogLikelihood(y, d, { ...model, variance: change * model.variance });
        expect(other).toBeLessThan(dense);
        if (d === 2) continue;
        const mean = model.mean + 0.05 * (change - 1) + (change - 1);
        expect(denseArimaLogLikelihood(y, d, { ...model, mean })).toBeLessThan(dense);
      }
    },
  );

  it.each(MODELS)('has the gradient of its differences: $ar, $ma', ({ ar, ma }) => {
    const { likelihood, constant } = dataOf(6, 50, d);
    const p = ar.length;
    const size = p + ma.length;
    const at = (x: readonly number[], gradient = new Float64Array(size + (constant ? 1 : 0))) =>
      likelihood.evaluate(
        Float64Array.from(x.slice(0, p)),
        Float64Array.from(x.slice(p, size)),
        gradient,
        constant ? x[size] : undefined,
      ).negativeLogLikelihood;
    const point = [...ar, ...ma, ...(constant ? [0.1] : [])];
    const gradient = new Float64Array(point.length);
    at(point, gradient);
    const concentrated = new Float64Array(size);
    likelihood.evaluate(Float64Array.from(ar), Float64Array.from(ma), concentrated);
    point.forEach((value, i) => {
      const moved = (by: number) => at(point.map((other, j) => (j === i ? value + by : other)));
      const slope = (moved(1e-6) - moved(-1e-6)) / 2e-6;
      expect(Math.abs(slope - gradient[i])).toBeLessThan(2e-6 * (1 + Math.abs(slope)));
      if (i >= size) return;
      const best = (by: number) =>
        likelihood.evaluate(
          Float64Array.from(ar.map((other, j) => (j === i ? other + by : other))),
          Float64Array.from(ma.map((other, j) => (j + p === i ? other + by : other))),
          new Float64Array(size),
        ).negativeLogLikelihood;
      const bestSlope = (best(1e-6) - best(-1e-6)) / 2e-6;
      expect(Math.abs(bestSlope - concentrated[i])).toBeLessThan(2e-6 * (1 + Math.abs(bestSlope)));
    });
  });
});

describe('the Kalman filter', () => {
  it.each(MODELS)('has the same likelihood, innovation by innovation: $ar, $ma', ({ ar, ma }) => {
    const { y, likelihood } = dataOf(8, 300, 0);
    const value = likelihood.evaluate(Float64Array.from(ar), Float64Array.from(ma), new Float64Array(9));
    const filter = new ArmaFilter(ar, ma);
    let squares = 0;
    let logs = 0;
    for (const observation of y) {
      const f = filter.innovationVariance;
      const expected = filter.expected();
      const innovation = filter.update(observation - value.constant);
      expect(innovation).toBeCloseTo(observation - value.constant - expected, 12);
      filter.advance();
      squares += (innovation * innovation) / f;
      logs += Math.log(f);
    }
    const variance = squares / y.length;
    expect(variance / value.variance).toBeCloseTo(1, 11);
    const logLikelihood = -0.5 * (y.length * (Math.log(2 * Math.PI * variance) + 1) + logs);
    expect(Math.abs(-logLikelihood / value.negativeLogLikelihood - 1)).toBeLessThan(1e-11);
  });

  it('forecasts what it then expects, when the expected comes', () => {
    const filter = new ArmaFilter([0.7, -0.2], [0.5]);
    for (const value of noise(2, 50)) {
      filter.update(value);
      filter.advance();
    }
    for (const value of filter.forecast(5)) {
      expect(value).toBeCloseTo(filter.expected(), 14);
      filter.update(value);
      filter.advance();
    }
  });
});

describe('outside of stationarity', () => {
  it('there is no likelihood', () => {
    const { likelihood } = dataOf(5, 40, 0);
    const at = likelihood.evaluate(Float64Array.of(1.01), Float64Array.of(), new Float64Array(1));
    expect(at.negativeLogLikelihood).toBe(Number.POSITIVE_INFINITY);
  });
});

it('the first values less what is known of their levels are those of differencing', () => {
  expect([...firstWithoutLevels([5])]).toEqual([5]);
  expect([...firstWithoutLevels([5, 12])]).toEqual([5, 2]);
});
