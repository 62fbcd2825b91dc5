/** Far more than any fraction here takes. */
const MAXIMUM_TERMS = 10_000;

/**
 * first + a(1) / (b(1) + a(2) / (b(2) + ...)), as Lentz evaluates it (Press et al. 2007, section 5.2), for fractions none of
 * whose convergents is 0.
 */
export function continuedFraction(first: number, a: (n: number) => number, b: (n: number) => number): number {
  let value = first;
  let c = first;
  let d = 0;
  for (let n = 1; n <= MAXIMUM_TERMS; n++) {
    const numerator = a(n);
    const denominator = b(n);
    d = 1 / (denominator + numerator * d);
    c = denominator + numerator / c;
    const factor = c * d;
    value *= factor;
    if (Math.abs(factor - 1) < 2e-16) break;
  }
  return value;
}
