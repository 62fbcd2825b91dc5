/**
 * Pinball (quantile) loss (Koenker and Bassett 1978): what a forecast of the `level` quantile is scored by; in the outcome's
 * unit, smaller is better.
 *
 * @param level between 0 and 1
 */
export function pinball(quantile: number, outcome: number, level: number): number {
  const distance = outcome - quantile;
  return distance >= 0 ? level * distance : (level - 1) * distance;
}
