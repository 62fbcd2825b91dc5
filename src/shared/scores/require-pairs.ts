/** @throws RangeError unless both have the same, positive length */
export function requirePairs(a: ArrayLike<unknown>, b: ArrayLike<unknown>): number {
  if (a.length === b.length && a.length > 0) return a.length;
  throw new RangeError(
    `A score needs as many forecasts as outcomes, at least one: got ${a.length} and ${b.length}`,
  );
}
