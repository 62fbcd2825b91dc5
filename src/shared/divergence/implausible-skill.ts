/** Nobody forecasts daily returns this well: a relative RMSE below it on test is a leak until shown otherwise. */
export const IMPLAUSIBLE_RELATIVE_RMSE = 0.98;

/**
 * The same for the CRPS relative to filtered historical simulation. Honest windows of 250 bars lie above 0.97; knowing the range
 * of the very day that is forecast, which nobody does, gives about 0.945. RMSE does not see such a leak, for it concerns the scale.
 */
export const IMPLAUSIBLE_RELATIVE_CRPS = 0.96;

/**
 * Why a model is too good to be true, a sentence for each score; empty when it is not.
 *
 * @param relativeRmse RMSE on test over that of "no change" on the same bars
 * @param relativeCrps CRPS on test over that of filtered historical simulation on the same bars
 */
export function implausibleSkill(relativeRmse: number, relativeCrps: number): string[] {
  const reasons: string[] = [];
  if (relativeRmse < IMPLAUSIBLE_RELATIVE_RMSE) {
    reasons.push(
      `RMSE on test is ${relativeRmse.toFixed(4)} of no change; below ${IMPLAUSIBLE_RELATIVE_RMSE} it is a leak until shown otherwise.`,
    );
  }
  if (relativeCrps < IMPLAUSIBLE_RELATIVE_CRPS) {
    reasons.push(
      `CRPS on test is ${relativeCrps.toFixed(4)} of filtered historical simulation; below ${IMPLAUSIBLE_RELATIVE_CRPS} it is a leak until shown otherwise.`,
    );
  }
  return reasons;
}
