import { describe, expect, it } from 'vitest';
import { actorOf } from '../../../src/cli/actor.ts';
import { parseCanaryOptions, type VerbOptions } from '../../../src/cli/canary/canary-options.ts';
import { requestOf } from '../../../src/cli/canary/commands/request-of.ts';
import { DEFAULT_DATA_DIRECTORY } from '../../../src/cli/data-directory.ts';

describe('parseCanaryOptions', () => {
  it('takes the embedded stack unless --remote is given, alone or with a project', () => {
    expect(parseCanaryOptions(['status'])).toMatchObject({ remote: undefined, data: DEFAULT_DATA_DIRECTORY });
    expect(parseCanaryOptions(['status', '--remote'])).toMatchObject({ remote: '', operands: [] });
    expect(parseCanaryOptions(['--remote', 'status', '--json'])).toMatchObject({ remote: '', json: true });
    expect(parseCanaryOptions(['status', '--remote=abc'])).toMatchObject({ remote: 'abc' });
  });

  it('reads symbols in upper case, each once', () => {
    expect(parseCanaryOptions(['deploy', '--symbols', 'spy, AAPL,SPY'])).toMatchObject({
      symbols: ['SPY', 'AAPL'],
    });
  });

  it('gives null for help', () => {
    expect(parseCanaryOptions(['promote', '--help'])).toBeNull();
  });

  it.each([
    [[], /A command is missing/],
    [['promot'], /^There is no command "promot": did you mean promote\?$/],
    [['status', '--days', '3'], /^Option --days is not one of status: use --json/],
    [['rollback', '--force'], /--force is not one of rollback/],
    [['deploy', '--dry-run', '--verify-only'], /not both/],
    [['deploy', '--symbols', 'A B'], /--symbols/],
    [['extend', '--days', '0'], /a whole number from 1 to 1000/],
    [['extend', '--days', '1001'], /a whole number from 1 to 1000/],
    [['publishing'], /publishing takes on\|off, not nothing/],
    [['publishing', 'maybe'], /publishing takes on\|off, not "maybe"/],
    [['note'], /note takes TEXT/],
    [['status', 'now'], /status takes no "now"/],
    [['status', '--bogus'], /--bogus/],
    [['promote', '--stage', 'ful'], /--stage/],
    [['rollback', '--stage', 'full'], /--stage is not one of rollback/],
  ])('refuses %j', (args, message) => {
    expect(() => parseCanaryOptions(args)).toThrow(message);
  });
});

describe('actorOf', () => {
  it('takes the name given before any other', () => {
    expect(actorOf(' Ada ', { USER: 'root' })).toBe('Ada');
  });

  it('refuses an empty one', () => {
    expect(() => actorOf('  ', { USER: 'root' })).toThrow(expect.objectContaining({ code: 'no_actor' }));
  });
});

describe('requestOf', () => {
  const request = (...args: string[]) => {
    const options = parseCanaryOptions(args)!;
    return requestOf(options as VerbOptions, () => 'Ada');
  };

  it('asks what the command says', () => {
    expect(request('promote', '--force', '--reason', 'a drill')).toEqual({
      ...{ action: 'promote', actor: 'Ada', reason: 'a drill', force: true },
    });
    expect(request('promote', '--stage', 'canary')).toMatchObject({ action: 'promote', stage: 'canary' });
    expect(request('approve', '--role', 'ML', 'looks', 'sound')).toEqual({
      ...{ action: 'approve', actor: 'Ada', role: 'ML', note: 'looks sound' },
    });
    expect(request('publishing', 'off', '--reason', 'x')).toMatchObject({ publishing: false });
    expect(request('note', 'two', 'words')).toMatchObject({ text: 'two words' });
  });

  it.each([
    [['rollback'], 'no_reason'],
    [['promote', '--force'], 'no_reason'],
    [['publishing', 'off'], 'no_reason'],
    [['extend'], 'missing_option'],
    [['approve'], 'missing_option'],
    [['rollback', '--reason', ' '], 'invalid_input'],
  ])('refuses %j with %s before anybody is asked', (args, code) => {
    expect(() => request(...args)).toThrow(expect.objectContaining({ code }));
  });
});
