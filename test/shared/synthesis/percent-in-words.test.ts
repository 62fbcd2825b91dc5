import { describe, expect, it } from 'vitest';
import { percentInWords } from '../../../src/shared/synthesis/percent-in-words.ts';

describe('a percentage in words', () => {
  it.each([
    [0.01234, 2, '1.23 %'],
    [-0.0123, 1, '-1.2 %'],
    [0.5, 0, '50 %'],
    [0, 2, '0.00 %'],
    [-1e-12, 1, '0.0 %'],
  ])('writes %d with %d digits as %s', (fraction, digits, text) => {
    expect(percentInWords(fraction, digits)).toBe(text);
  });

  it('writes what would round to zero with two digits that count', () => {
    expect(percentInWords(0.0000236)).toBe('0.0024 %');
    expect(percentInWords(-0.0004, 1)).toBe('-0.040 %');
  });
});
