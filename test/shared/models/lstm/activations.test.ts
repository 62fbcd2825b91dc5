import { describe, expect, it } from 'vitest';
import { sigmoid, tanh } from '../../../../src/shared/models/lstm/activations.ts';

const points = Array.from({ length: 4001 }, (_, i) => (i - 2000) / 50);

describe('activations', () => {
  it('agree with the elementary functions to 1e-8', () => {
    for (const x of points) {
      expect(Math.abs(sigmoid(x) - 1 / (1 + Math.exp(-x)))).toBeLessThan(1e-8);
      expect(Math.abs(tanh(x) - Math.tanh(x))).toBeLessThan(1e-8);
    }
  });

  it('saturate without overflow', () => {
    expect(sigmoid(1e300)).toBeCloseTo(1, 15);
    expect(sigmoid(-1e300)).toBeCloseTo(0, 15);
    expect(tanh(Number.POSITIVE_INFINITY)).toBeCloseTo(1, 15);
    expect(tanh(Number.NEGATIVE_INFINITY)).toBeCloseTo(-1, 15);
  });

  it('pass NaN on, so that a broken network is noticed', () => {
    expect(sigmoid(Number.NaN)).toBeNaN();
    expect(tanh(Number.NaN)).toBeNaN();
  });
});
