/** A test whose statistic has a chi-square distribution when the null hypothesis holds. */
export interface ChiSquareTest {
  readonly statistic: number;
  readonly degreesOfFreedom: number;
  readonly pValue: number;
}
