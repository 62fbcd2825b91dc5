import { type GapTest, gapTest } from './gap-test.ts';

/**
 * Optimism below these does not count: p parameters fitted to n bars make an optimism of about 2 p / n of the squared error
 * by themselves (Mallows 1973), 0.02 for ten parameters and 1,000 bars, and more where a crash among these bars decides the fit; a
 * scale's few parameters make far less.
 *
 * Squared error: of 257 windows of 13 symbols floors of 0.04, 0.05, 0.06 and 0.08 leave 4.3, 2.7, 1.6 and 0.4 % of AR(5) flagged, and
 * 91.1 % of least squares on 100 noise features, whichever it is: there the standard error decides.
 */
export const FIT_OPTIMISM_FLOORS = {
  /** In squared volatilities; the benchmark's own squared error is about 1. */
  squaredError: 0.08,
  /** In volatilities; the benchmark's own CRPS is about 0.55. */
  crps: 0.03,
} as const;

/**
 * How much worse than on the bars it was fitted to a model does on validation, against its benchmark: what was memorised.
 *
 * @param train standardised score differences on train, see `scoreDifferences`
 * @param validation the same on validation
 * @param floor smallest optimism that counts, of {@link FIT_OPTIMISM_FLOORS}
 * @param horizon steps of a forecast; default 1
 */
export function fitOptimism(
  train: Float64Array,
  validation: Float64Array,
  floor: number,
  horizon = 1,
): GapTest {
  return gapTest(train, validation, floor, horizon);
}
