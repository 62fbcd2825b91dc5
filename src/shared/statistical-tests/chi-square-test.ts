import { chiSquareSurvival } from '../numerics/distributions/chi-square.ts';

/** A test whose statistic has a chi-square distribution when the null hypothesis holds. */
export interface ChiSquareTest {
  readonly statistic: number;
  readonly degreesOfFreedom: number;
  /** Of the upper tail. */
  readonly pValue: number;
}

/** The test from its statistic, which is not negative. */
export function chiSquareTest(statistic: number, degreesOfFreedom: number): ChiSquareTest {
  return { statistic, degreesOfFreedom, pValue: chiSquareSurvival(statistic, degreesOfFreedom) };
}
