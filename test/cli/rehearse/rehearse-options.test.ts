import { describe, expect, it } from 'vitest';
import { FULL_PACE, SHORT_PACE } from '../../../src/cli/rehearse/rehearsal-pace.ts';
import { parseRehearseOptions } from '../../../src/cli/rehearse/rehearse-options.ts';

const refusal = (...args: string[]) => {
  try {
    parseRehearseOptions(args);
  } catch (error) {
    return (error as { code: string }).code;
  }
  return 'not refused';
};

describe('the options of a rehearsal', () => {
  it('replay the bundled index over 25 sessions unless told otherwise', () => {
    expect(parseRehearseOptions([])).toEqual({
      ...{ csv: undefined, symbols: ['AAPL', 'MSFT', 'SPY'], pace: FULL_PACE, json: false, operands: [] },
    });
  });

  it('take other prices and more sessions', () => {
    const options = parseRehearseOptions([
      '--csv',
      'prices',
      '--symbols',
      'ibm, ko',
      '--sessions',
      '60',
      '--json',
    ]);
    expect(options).toEqual({
      csv: 'prices',
      symbols: ['IBM', 'KO'],
      pace: { ...FULL_PACE, sessions: 60 },
      json: true,
      operands: [],
    });
  });

  it('shorten it', () => {
    expect(parseRehearseOptions(['--short'])?.pace).toEqual(SHORT_PACE);
    expect(parseRehearseOptions(['--short', '--sessions', '14'])?.pace).toEqual({
      ...SHORT_PACE,
      sessions: 14,
    });
  });

  it.each([
    ['symbols without files', ['--symbols', 'AAPL,MSFT']],
    ['one symbol', ['--csv', 'prices', '--symbols', 'AAPL']],
    ['a symbol twice', ['--csv', 'prices', '--symbols', 'AAPL,AAPL']],
    ['fewer sessions than three stages need', ['--sessions', '24']],
    ['fewer sessions than three short stages need', ['--short', '--sessions', '9']],
    ['sessions that are no number', ['--sessions', 'many']],
    ['an option that there is not', ['--fast']],
  ])('refuse %s', (_, args) => {
    expect(refusal(...args)).toBe('invalid_argument');
  });
});
