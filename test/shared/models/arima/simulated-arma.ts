import { SeededRandom } from '../../../../src/shared/numerics/random.ts';

/** Independent standard normal values. */
export const noise = (seed: number, n: number) => {
  const random = new SeededRandom(seed);
  return Float64Array.from({ length: n }, () => random.normal());
};

/** An ARMA process with standard normal shocks. */
export function simulated(seed: number, n: number, ar: readonly number[], ma: readonly number[]) {
  const shocks = noise(seed, n + 200);
  const w = new Float64Array(n + 200);
  for (let t = 0; t < w.length; t++) {
    w[t] = shocks[t];
    ar.forEach((value, i) => {
      if (t > i) w[t] += value * w[t - 1 - i];
    });
    ma.forEach((value, j) => {
      if (t > j) w[t] += value * shocks[t - 1 - j];
    });
  }
  return w.subarray(200);
}

/** Sums up to each value, on top of `from`. */
export const cumulated = (values: Float64Array, from = 0) => {
  let sum = from;
  return values.map((value) => {
    sum += value;
    return sum;
  });
};
