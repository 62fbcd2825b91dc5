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
  const mean = values.reduce((sum, value) => sum + value, 0) / n;
  let second = 0;
  let third = 0;
  let fourth = 0;
  for (const value of values) {
    const square = (value - mean) * (value - mean);
    second += square;
    third += square * (value - mean);
    fourth += square * square;
  }
  const variance = second / n;
  const skewness = third / n / (variance * Math.sqrt(variance));
  const kurtosis = fourth / n / (variance * variance);
  const statistic = (n * skewness * skewness) / 6 + (n * (kurtosis - 3) * (kurtosis - 3)) / 24;
  return { ...chiSquareTest(statistic, 2), skewness, kurtosis };
}
