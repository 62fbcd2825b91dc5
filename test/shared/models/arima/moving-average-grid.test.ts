import { describe, expect, it } from 'vitest';
import { movingAverageGrid } from '../../../../src/shared/models/arima/moving-average-grid.ts';
import { arFromPartial } from '../../../../src/shared/models/arima/partial-autocorrelations.ts';

describe('the grid of moving averages', () => {
  it('for one coefficient ascends from near the unit circle to near it, through 0', () => {
    const roots = movingAverageGrid(1, 1000).map(([root]) => root);
    expect(roots).toEqual(roots.toSorted((a, b) => a - b));
    expect(roots).toContain(0);
    expect(roots[0]).toBeCloseTo(-0.998, 12);
    expect(roots.at(-1)).toBeCloseTo(0.998, 12);
  });

  it('for two has complex pairs at every angle, of the modulus they are said to have', () => {
    const pairs = movingAverageGrid(2, 1000).map((partial) => arFromPartial(partial));
    const angles = pairs
      .filter(([, second]) => Math.abs(second + 0.97 * 0.97) < 1e-12)
      .map(([first]) => Math.acos(first / (2 * 0.97)));
    expect(angles).toHaveLength(32);
    angles.forEach((angle, k) => {
      expect(angle).toBeCloseTo(((k + 0.5) * Math.PI) / 32, 10);
    });
  });

  it.each([
    [2, 10],
    [2, 60],
    [3, 3000],
  ])('of %d coefficients on %d values is inside the unit circle', (q, n) => {
    for (const partial of movingAverageGrid(q, n)) {
      expect(partial).toHaveLength(q);
      expect(partial.every((value) => Math.abs(value) < 1)).toBe(true);
    }
  });

  it('without any is the one model there is', () => {
    expect(movingAverageGrid(0, 100)).toEqual([new Float64Array(0)]);
  });
});
