import { describe, expect, it } from 'vitest';
import { helpText } from '../../../src/cli/options/help-text.ts';
import type { CommandProgram, Program } from '../../../src/cli/options/option.ts';
import { parseCommand, parseOptions } from '../../../src/cli/options/parse-options.ts';
import { symbolList, text, wholeNumber, wordOr } from '../../../src/cli/options/value-schemas.ts';

const SHOP = {
  usage: 'npm run shop [-- OPTIONS]',
  options: {
    dryRun: { help: 'buy nothing' },
    pieces: { value: 'N', help: 'how many', schema: wholeNumber(1, 12), default: '2' },
    symbols: { value: 'A,B', help: 'of what', schema: symbolList, shownDefault: 'all' },
    until: { value: 'N|ever', help: 'days', schema: wordOr('ever', wholeNumber(1, 30)) },
  },
} satisfies Program;

const FARM = {
  usage: 'npm run farm -- COMMAND',
  commands: {
    sow: {
      help: 'sow',
      operands: { name: 'SEED', least: 1, most: 1 },
      options: { deep: { help: 'deeply' } },
    },
    reap: { help: 'reap', options: { field: { value: 'NAME', help: 'where', schema: text } } },
  },
  options: {
    json: { help: 'print JSON' },
    at: { value: 'H', help: 'when', schema: text, valueMayBeMissing: true },
  },
} satisfies CommandProgram;

describe('declared options', () => {
  it('have their defaults, false and undefined where nothing is given', () => {
    expect(parseOptions(SHOP, [])).toEqual({
      ...{ dryRun: false, pieces: 2, symbols: undefined, until: undefined, operands: [] },
    });
  });

  it('are read with the value beside the name or behind an equals sign', () => {
    const options = parseOptions(SHOP, ['--dry-run', '--pieces', '3', '--symbols=b,a,B', '--until', 'ever']);
    expect(options).toMatchObject({ dryRun: true, pieces: 3, symbols: ['B', 'A'], until: 'ever' });
  });

  it.each([
    [['--peices', '3'], 'invalid_argument', 'There is no option --peices: did you mean --pieces?'],
    [['--colour'], 'invalid_argument', 'There is no option --colour: use --dry-run, --pieces'],
    [['--pieces'], 'invalid_argument', 'Option --pieces needs a value: --pieces N'],
    [['--pieces', '--dry-run'], 'invalid_argument', 'Option --pieces needs a value: --pieces N'],
    [['--dry-run=no'], 'invalid_argument', 'Option --dry-run takes no value, not "no"'],
    [['--pieces', '13'], 'invalid_argument', '--pieces "13" is not valid: it is a whole number from 1 to 12'],
    [
      ['--until', '0'],
      'invalid_argument',
      '--until "0" is not valid: it is a whole number from 1 to 30, or ever',
    ],
    [['--symbols', 'A,%'], 'invalid_input', '--symbols "A,%" is not valid: "%": a symbol is'],
    [['now'], 'invalid_argument', 'takes no "now"'],
  ])('refuse %j with the value, the rule and what to do', (args, code, says) => {
    const refusal = expect.objectContaining({ code, message: expect.stringContaining(says) });
    expect(() => parseOptions(SHOP, args)).toThrow(refusal);
  });

  it('say themselves in the help', () => {
    expect(helpText(SHOP).split('\n')).toEqual([
      'npm run shop [-- OPTIONS]',
      '',
      '  --dry-run       buy nothing',
      '  --pieces N      how many (default: 2)',
      '  --symbols A,B   of what (default: all)',
      '  --until N|ever  days',
    ]);
    expect(parseOptions(SHOP, ['-h'])).toBeNull();
  });
});

describe('declared commands', () => {
  it('take their own options and those of every command, wherever they stand', () => {
    const sown = { command: 'sow', operands: ['oats'], deep: true, json: true, at: undefined };
    expect(parseCommand(FARM, ['--deep', 'sow', '--json', 'oats'])).toEqual(sown);
  });

  it('may be told an option whose value may be missing without taking the next word for it', () => {
    expect(parseCommand(FARM, ['--at', 'reap'])).toMatchObject({ command: 'reap', at: '' });
    expect(parseCommand(FARM, ['reap', '--at=9'])).toMatchObject({ at: '9' });
  });

  it.each([
    [[], 'A command is missing: use sow, reap'],
    [['saw'], 'There is no command "saw": did you mean sow?'],
    [['plough'], 'There is no command "plough": use sow, reap'],
    [['sow'], 'sow takes SEED, not nothing'],
    [['reap', '--deep'], 'Option --deep is not one of reap: use --json, --at, --field'],
    [['reap', 'all'], 'reap takes no "all"'],
  ])('refuse %j', (args, says) => {
    expect(() => parseCommand(FARM, args)).toThrow(says);
  });
});
