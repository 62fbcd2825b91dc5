/** Nobody forecasts daily returns this well: a relative RMSE below it on test is a leak until shown otherwise. */
export const IMPLAUSIBLE_RELATIVE_RMSE = 0.98;

/**
 * Whether a model is too good to be true.
 *
 * @param relativeTestRmse RMSE on test over that of "no change" on the same bars
 */
export function implausibleSkill(relativeTestRmse: number): boolean {
  return relativeTestRmse < IMPLAUSIBLE_RELATIVE_RMSE;
}
