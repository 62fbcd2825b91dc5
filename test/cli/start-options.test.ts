import { describe, expect, it } from 'vitest';
import { parseStartOptions } from '../../src/cli/start-options.ts';

describe('parseStartOptions', () => {
  it('has a default for everything', () => {
    expect(parseStartOptions([])).toMatchObject({
      once: false,
      json: false,
      fresh: false,
      port: undefined,
      csv: undefined,
      horizon: ['1D'],
      windows: undefined,
    });
  });

  it('reads every option', () => {
    const args =
      '--once --json --fresh --port 8000 --csv d --symbols aapl,MSFT,AAPL --horizon 1D,8h,1D --windows all --events e.csv';
    expect(parseStartOptions(args.split(' '))).toMatchObject({
      once: true,
      json: true,
      fresh: true,
      port: 8000,
      csv: 'd',
      symbols: ['AAPL', 'MSFT'],
      horizon: ['1D', '8h'],
      windows: 'all',
      events: 'e.csv',
    });
  });

  it.each([
    ['--port 0', 'invalid_argument'],
    ['--port 70000', 'invalid_argument'],
    ['--windows 0', 'invalid_argument'],
    ['--windows 1.5', 'invalid_argument'],
    ['--windows some', 'invalid_argument'],
    ['--frehs', 'invalid_argument'],
    ['--symbols AAPL', 'invalid_argument'],
    ['--csv d --symbols A/B', 'invalid_input'],
    ['--horizon 4h', 'invalid_argument'],
    ['--csv d --horizon 2h', 'invalid_input'],
    ['something', 'invalid_argument'],
  ])('refuses %s', (args, code) => {
    expect(() => parseStartOptions(args.split(' '))).toThrowError(expect.objectContaining({ code }));
  });
});
