import { type GapTest, gapTest } from './gap-test.ts';

/**
 * Gaps below these do not count, whatever their significance: choosing among a few dozen honest trials on 250 bars makes a gap of
 * one or two percent by itself.
 *
 * Squared error: of 257 windows of 13 symbols this floor leaves 0.4 to 1.6 % of expanding means, AR(5) and the shipped ensemble
 * flagged, and 27 to 37 % of the best of 300 noise forecasts of amplitudes 0.05 to 0.2 (what the trials say finds more, see
 * `selectionBias`). A floor of 0.03 would clear two of the ensemble's four windows, and flag 4 % of the smallest amplitude. CRPS: with the
 * guard of the verdict it finds gross selection only; the best of 100 noisy scales passes.
 */
export const SELECTION_GAP_FLOORS = {
  /** In squared volatilities; the benchmark's own squared error is about 1. */
  squaredError: 0.02,
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
 * @param horizon steps of a forecast; default 1
 */
export function selectionGap(
  validation: Float64Array,
  test: Float64Array,
  floor: number,
  horizon = 1,
): GapTest {
  return gapTest(validation, test, floor, horizon);
}
