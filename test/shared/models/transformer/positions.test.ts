import { describe, expect, it } from 'vitest';
import { sinusoidalPositions } from '../../../../src/shared/models/transformer/positions.ts';

describe('sinusoidal positions', () => {
  it.each([
    [20, 8],
    [120, 64],
    [2, 4],
  ])('of %i bars by %i numbers are those of the paper', (lookback, width) => {
    const positions = sinusoidalPositions(lookback, width);
    expect(positions).toHaveLength(lookback * width);
    for (let t = 0; t < lookback; t++) {
      for (let i = 0; i < width / 2; i++) {
        const angle = t / 10_000 ** ((2 * i) / width);
        expect(positions[t * width + 2 * i]).toBeCloseTo(Math.sin(angle), 12);
        expect(positions[t * width + 2 * i + 1]).toBeCloseTo(Math.cos(angle), 12);
      }
    }
  });
});
