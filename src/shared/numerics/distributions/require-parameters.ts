/** @throws RangeError unless the value is positive and finite */
export function requirePositive(name: string, value: number): void {
  if (!(value > 0) || value === Number.POSITIVE_INFINITY) {
    throw new RangeError(`The ${name} must be positive and finite, not ${value}`);
  }
}

/** @throws RangeError unless p is from 0 to 1 */
export function requireProbability(p: number): void {
  if (!(p >= 0 && p <= 1)) throw new RangeError(`A probability is from 0 to 1, not ${p}`);
}
