import { meanOf } from '../numerics/mean.ts';
import { type ChiSquareTest, chiSquareTest } from './chi-square-test.ts';
import { requireValues } from './require-values.ts';

export interface JarqueBeraTest extends ChiSquareTest {
  readonly skewness: number;
  /** 3 for the normal distribution. */
  readonly kurtosis: number;
}

/**
 * The test of Jarque and Bera (1980) for normality, as R's `tseries::jarque.bera.test`: moments have divisor n, and the p
 * value is the asymptotic one.
 *
 * @param values at least two
 * @returns null when all values are the same
 * @throws RangeError for fewer than two values, or one that is not finite
 */
export function jarqueBera(values: Float64Array): JarqueBeraTest | null {
  const n = requireValues(values, 2);
  if (values.every((value) => value === values[0])) return null;
  // In units of the largest value, and then of the standard deviation, so that no power leaves the range of double
  // precision.
  const largest = values.reduce((size, value) => Math.max(size, Math.abs(value)), 0);
  const scaled = values.map((value) => value / largest);
  const mean = meanOf(scaled);
  let squares = 0;
  for (const value of scaled) squares += (value - mean) * (value - mean);
  const deviation = Math.sqrt(squares / n);
  let third = 0;
  let fourth = 0;
  for (const value of scaled) {
    const z = (value - mean) / deviation;
    third += z * z * z;
    fourth += z * z * z * z;
  }
  const skewness = third / n;
  const kurtosis = fourth / n;
  const statistic = (n * skewness * skewness) / 6 + (n * (kurtosis - 3) * (kurtosis - 3)) / 24;
  return { ...chiSquareTest(statistic, 2), skewness, kurtosis };
}
