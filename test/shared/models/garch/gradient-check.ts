import { expect } from 'vitest';

/** Fails unless `gradient` is that of `value` at a point, by central differences, for the places given. */
export function expectGradient(
  gradient: Float64Array,
  value: (at: number[]) => number,
  at: readonly number[],
  places: readonly number[],
): void {
  for (const i of places) {
    const width = 1e-5 * Math.max(0.1, Math.abs(at[i]));
    const above = value(at.map((entry, k) => (k === i ? entry + width : entry)));
    const below = value(at.map((entry, k) => (k === i ? entry - width : entry)));
    const difference = (above - below) / (2 * width);
    expect(Math.abs(gradient[i] - difference)).toBeLessThan(1e-5 * Math.max(10, Math.abs(difference)));
  }
}
