import { describe, expect, it } from 'vitest';
import { describeMove, implausibleMoves } from '../../../src/shared/series/implausible-moves.ts';

describe('a move', () => {
  const moves = (closes: number[], largest = 3) => {
    const column = Float64Array.from(closes);
    return implausibleMoves(
      { times: closes.map((_, i) => `day ${i}`), high: column, low: column, close: column },
      largest,
    );
  };

  it('beyond the factor is found either way, at the bar where it happens', () => {
    expect(moves([100, 299, 100])).toEqual([]);
    expect(moves([100, 301, 100]).map(({ time, kind }) => [time, kind])).toEqual([
      ['day 1', 'close_to_close'],
      ['day 2', 'close_to_close'],
    ]);
    expect(moves([100, 301, 100], 4)).toEqual([]);
  });

  it.each([
    [[100, 26], 'a split of 4 for 1'],
    [[100, 9.7], 'a split of 10 for 1 that prices are not adjusted for, or a price off by a factor of 10'],
    [[10, 205], 'a reverse split of 1 for 20'],
    [[100, 0.99], 'a price off by a factor of 100'],
  ])('of %j looks like %s', (closes, words) => {
    expect(describeMove('X', moves(closes)[0], 3)).toContain(`it looks like ${words}`);
  });

  it('that is like nothing is likened to nothing', () => {
    expect(describeMove('X', moves([100, 3500])[0], 3)).toMatch(
      /by a factor of 35\.00, where 3 is the most that is believed\. If/,
    );
  });
});
