import { describe, expect, it } from 'vitest';
import { readingLines } from '../../src/cli/reading-lines.ts';

const READING = { readAs: 'plain CSV', adjustment: null, rounded: 0, leftOut: 0, notes: [] };

describe('readingLines', () => {
  it('says nothing of a plain file', () => {
    expect(readingLines('AAPL', READING)).toEqual([]);
  });

  it('says what was recognised, rounded and left out, and a line for each note', () => {
    expect(
      readingLines('AAPL', { ...READING, readAs: 'a Nasdaq export', rounded: 2, leftOut: 1, notes: ['One'] }),
    ).toEqual([
      'AAPL: read as a Nasdaq export; 2 bars had a price outside of it by rounding (at most 0.000001 of the price); ' +
        '1 row outside of the dates left out',
      'AAPL: One',
    ]);
  });
});
