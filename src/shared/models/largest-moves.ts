/** Returns that must have been seen before the largest of them says anything about the scale. */
const ENOUGH_RETURNS = 60;

/**
 * The largest absolute log return up to each bar, infinite while there are few: no standard deviation is believed
 * above it. After a price error of 50 standard deviations some filters would say more than that, by powers of ten,
 * and the factor of a larger bar would make more of it than it was.
 *
 * @param returns log returns; the first leads to the second bar
 * @returns one a bar
 */
export function largestMoves(returns: Float64Array): Float64Array {
  const limits = new Float64Array(returns.length + 1).fill(Number.POSITIVE_INFINITY);
  let largest = 0;
  returns.forEach((value, i) => {
    largest = Math.max(largest, Math.abs(value));
    if (i + 1 >= ENOUGH_RETURNS && largest > 0) limits[i + 1] = largest;
  });
  return limits;
}
