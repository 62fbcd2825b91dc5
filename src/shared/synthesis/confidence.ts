/**
 * The probability that the likelier side comes true: that the return is above 0 where `probabilityUp` is 0.5 or more, that it is
 * not above 0 elsewhere.
 *
 * For `bullish` and `bearish` this is the probability of the stated direction, because thresholds lie on their own side of 0.5.
 * For `neutral` it is the most that can be said for either side, and lies below what would be stated. So one sentence can be
 * checked on all forecasts: among those of confidence c the likelier side comes true in a share c.
 *
 * @returns 0.5 to 1
 */
export function confidenceOf(probabilityUp: number): number {
  return Math.max(probabilityUp, 1 - probabilityUp);
}
