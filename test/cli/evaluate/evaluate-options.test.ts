import { describe, expect, it } from 'vitest';
import { parseEvaluateOptions } from '../../../src/cli/evaluate/evaluate-options.ts';

describe('the options of npm run evaluate', () => {
  it('have defaults: the sample, the candidate, every core', () => {
    const options = parseEvaluateOptions([])!;
    expect(options).toMatchObject({
      csv: undefined,
      symbols: undefined,
      horizon: '1D',
      ensemble: ['candidate'],
      json: false,
    });
    expect(options.threads).toBeGreaterThanOrEqual(1);
  });

  it('read lists, dates and files', () => {
    const options = parseEvaluateOptions(
      '--csv d --symbols aapl,MSFT,AAPL --from 1990-01-01 --to 2020-12-31 --ensemble candidate,baseline --out r.json --html r.html --threads 3'.split(
        ' ',
      ),
    );
    expect(options).toMatchObject({
      ...{ csv: 'd', symbols: ['AAPL', 'MSFT'], from: '1990-01-01', to: '2020-12-31' },
      ...{ ensemble: ['candidate', 'baseline'], out: 'r.json', html: 'r.html', threads: 3 },
    });
  });

  it('name a horizon', () => {
    expect(parseEvaluateOptions(['--csv', 'd', '--horizon', '8h'])?.horizon).toBe('8h');
  });

  it.each([
    ['--symbols A', 'invalid_argument'],
    ['--csv d --symbols a/b', 'invalid_input'],
    ['--horizon 4h', 'invalid_argument'],
    ['--csv d --horizon 2h', 'invalid_input'],
    ['--from 2020-02-30', 'invalid_argument'],
    ['--from 2021-01-01 --to 2020-12-31', 'invalid_argument'],
    ['--ensemble best', 'invalid_input'],
    ['--threads 0', 'invalid_argument'],
    ['--windows 3', 'invalid_argument'],
    ['--html', 'invalid_argument'],
    ['--out a/../r --html ./r', 'invalid_argument'],
  ])('refuse %s with %s', (args, code) => {
    expect(() => parseEvaluateOptions(args.split(' '))).toThrow(expect.objectContaining({ code }));
  });
});
