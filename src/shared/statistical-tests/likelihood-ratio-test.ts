import { type ChiSquareTest, chiSquareTest } from './chi-square-test.ts';

/** A likelihood ratio test from its statistic: twice the log-likelihood that the free hypothesis gains. */
export function likelihoodRatioTest(statistic: number, degreesOfFreedom: number): ChiSquareTest {
  // Rounding may put it below 0.
  return chiSquareTest(Math.max(0, statistic), degreesOfFreedom);
}
