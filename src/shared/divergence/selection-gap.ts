import { type GapTest, gapTest } from './gap-test.ts';

/**
 * Gaps below these do not count, whatever their significance. Choosing among a few dozen honest trials on 250 bars makes a
 * gap of one or two percent by itself; and an autocorrelation of 0.2, which comes and goes in daily returns with crises,
 * makes and unmakes 0.04 of the squared error: losing it is the market's change and not the selection's.
 */
export const SELECTION_GAP_FLOORS = {
  /** In squared volatilities; the benchmark's own squared error is about 1. */
  squaredError: 0.05,
  /** In volatilities; the benchmark's own CRPS is about 0.55. */
  crps: 0.02,
} as const;

/**
 * How much worse than on validation a model does on test, against its benchmark: what the best of many trials loses
 * when it is no longer chosen by the bars it is judged on.
 *
 * @param validation standardised score differences on validation, see `scoreDifferences`
 * @param test the same on test
 * @param floor smallest gap that counts, of {@link SELECTION_GAP_FLOORS}
 * @param horizon steps of a forecast; overlapping forecasts are correlated over horizon - 1 lags
 */
export function selectionGap(
  validation: Float64Array,
  test: Float64Array,
  floor: number,
  horizon = 1,
): GapTest {
  return gapTest(validation, test, floor, horizon);
}
