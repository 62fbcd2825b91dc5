import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { explain, explanationText } from '../../src/cli/commands/explain.ts';
import { sp500Bars } from '../shared/series/sp500.ts';

const NOW = '2020-05-01T00:00:00Z';
const root = fileURLToPath(new URL('../..', import.meta.url));
let directory: string;

beforeAll(() => {
  directory = mkdtempSync(join(tmpdir(), 'plumbline-explain-'));
  const lines = sp500Bars().map(({ time, open, high, low, close, volume }) =>
    [time.slice(0, 10), open, high, low, close, volume].join(','),
  );
  const header = 'date,open,high,low,close,volume';
  writeFileSync(join(directory, 'SPX.csv'), [header, ...lines].join('\n'));
  const closes = sp500Bars()
    .slice(1500, 2750)
    .map(({ time, close }) => [time.slice(0, 10), close, close, close, close, 0].join(','));
  writeFileSync(join(directory, 'CLOSES.csv'), [header, ...closes].join('\n'));
  writeFileSync(join(directory, 'BROKEN.csv'), 'date,close\n2020-01-02,5');
  writeFileSync(join(directory, 'NEW.csv'), [header, ...lines.slice(0, 100)].join('\n'));
});
afterAll(() => rmSync(directory, { recursive: true }));

const told: string[] = [];
const tell = (line: string) => told.push(line);

describe('plumbline explain', () => {
  it('describes each volatility model of the grid once, fitted to the latest 1,250 bars', () => {
    const { explanations } = explain(directory, ['SPX'], NOW, tell);
    const [{ symbol, firstBar, lastBar, fits }] = explanations;
    expect([explanations.length, symbol, firstBar.slice(0, 10), lastBar.slice(0, 10)]).toEqual([
      1,
      'SPX',
      '2015-05-01',
      '2020-04-17',
    ]);
    expect(fits.map((fit) => `${fit.variance} ${fit.innovations} ${fit.returns}`)).toEqual([
      'realized_har t 1249',
      'gjr t 1249',
    ]);
    const text = explanationText(explanations);
    expect(text).toMatch(/SPX, 2015-05-01 to 2020-04-17: gjr, t innovations/);
    const { estimate, standardError } = fits[1].volatility.find(({ name }) => name === 'beta')!;
    expect(text).toContain(`${estimate.toPrecision(5)}  (${standardError!.toPrecision(3)})`);
    expect(text).toMatch(/^In parentheses: robust standard errors/);
    expect(text).toMatch(
      /realized_har, t innovations, 1249 returns\n {2}log-likelihood \d+\.\d\d of returns and ranges, not comparable/,
    );
    expect(text).toMatch(/gjr, t innovations, 1249 returns\n {2}log-likelihood \d+\.\d\d\n/);
    expect(text).toMatch(/Ljung-Box \d\.\d{3}, of squares \d\.\d{3}, ARCH-LM \d\.\d{3}/);
  });

  it('says whether closes and returns are stationary, and how far residuals are from normal', () => {
    const { explanations } = explain(directory, ['SPX'], NOW, tell);
    const [{ stationarity, fits }] = explanations;
    // Returns are stationary by both tests.
    expect(stationarity.returns.augmentedDickeyFuller!.pValue).toBeLessThan(0.001);
    expect(stationarity.returns.kpss!.pValue).toBe(0.1);
    expect(stationarity.logCloses.kpss!.pValue).toBe(0.01);
    const { skewness, kurtosis, pValue } = fits[1].residualTests.jarqueBera!;
    expect(kurtosis).toBeGreaterThan(3.5);
    expect(pValue).toBeLessThan(1e-6);
    const text = explanationText(explanations);
    expect(text).toContain('SPX, 2015-05-01 to 2020-04-17: stationarity\n');
    expect(text).toMatch(
      /log closes around a trend: \d\.\d{3} \(ADF, 10 lags\), at most 0\.010 \(KPSS, 7 lags\)/,
    );
    expect(text).toMatch(
      /returns around a level: {4}0\.000 \(ADF, 10 lags\), at least 0\.100 \(KPSS, 7 lags\)/,
    );
    expect(text).toContain(
      `Jarque-Bera 0.000, skewness ${skewness.toFixed(2)}, kurtosis ${kurtosis.toFixed(2)} (3 if normal)`,
    );
  });

  it('notes bounds, and why there are no standard errors', () => {
    const text = explanationText(explain(directory, ['CLOSES'], NOW, tell).explanations);
    const [, , realized, gjr] = text.split(/\n\n/);
    expect(realized).toContain('\n  not converged\n');
    expect(realized).toMatch(/no standard errors: fewer than 50 bars have a range .*\(too_few_measures\)\n/);
    expect(gjr).not.toContain('not converged');
    expect(gjr).toContain('\n  at a bound, held fixed: alpha\n');
    expect(gjr).not.toContain('no standard errors');
  });

  it('explains the others where a symbol is refused, and names it with its reason', () => {
    const { explanations, refused } = explain(directory, ['NEW', 'SPX'], NOW, tell);
    expect(explanations.map(({ symbol }) => symbol)).toEqual(['SPX']);
    expect(refused).toMatchObject([{ symbol: 'NEW', code: 'too_few_bars' }]);
    expect(told.at(-1)).toMatch(/^error: too_few_bars: .*NEW\.csv: NEW has 100 bars/);
  });

  it('names the file in which something is wrong', () => {
    const path = join(directory, 'NEW.csv');
    expect(() => explain(directory, ['NEW'], NOW, tell)).toThrow(`${path}: NEW has 100 bars`);
    expect(() => explain(join(directory, 'BROKEN.csv'), undefined, NOW, tell)).toThrow(
      expect.objectContaining({
        code: 'missing_column',
        message: expect.stringContaining('BROKEN.csv: The header'),
      }),
    );
  });

  it('refuses symbols of which a file holds no bars', () => {
    expect(() => explain(join(directory, 'SPX.csv'), ['NOPE'], NOW, tell)).toThrow(
      expect.objectContaining({ code: 'no_such_file' }),
    );
  });

  it('refuses a file with too few bars', () => {
    expect(() => explain(join(directory, 'NEW.csv'), undefined, NOW, tell)).toThrow(
      expect.objectContaining({ code: 'too_few_bars' }),
    );
  });
});

describe('npm run plumbline -- explain', () => {
  const plumbline = async (...args: readonly string[]) => {
    const command = ['--import', 'tsx', 'src/cli/plumbline.ts', 'explain', ...args];
    try {
      const { stdout, stderr } = await promisify(execFile)(process.execPath, command, { cwd: root });
      return { status: 0, stdout, stderr };
    } catch (error) {
      const { code, stdout, stderr } = error as { code: number; stdout: string; stderr: string };
      return { status: code, stdout, stderr };
    }
  };

  it('prints text, or one JSON document whose keys are all in snake case', async () => {
    const path = join(directory, 'SPX.csv');
    const [plain, json] = await Promise.all([plumbline(path), plumbline(path, '--json')]);
    expect([plain.status, json.status, plain.stderr, json.stderr]).toEqual([0, 0, '', '']);
    expect(plain.stdout).toContain('SPX, 2015-05-01 to 2020-04-17: gjr, t innovations, 1249 returns');
    const { explanations } = JSON.parse(json.stdout);
    expect(explanations[0]).toMatchObject({ symbol: 'SPX', fits: { length: 2 } });
    expect(explanations[0].fits[0]).toMatchObject({
      no_standard_errors: null,
      residual_tests: {
        ljung_box_of_squares: { p_value: expect.any(Number) },
        jarque_bera: { p_value: expect.any(Number), skewness: expect.any(Number) },
      },
    });
    expect(explanations[0].stationarity).toMatchObject({
      log_closes: { augmented_dickey_fuller: { p_value: expect.any(Number) } },
      returns: { kpss: { p_value: 0.1 } },
    });
    expect(json.stdout).not.toMatch(/"[a-z_]*[A-Z]\w*":/);
    expect(explanations[0].first_bar).toMatch(/^2015-05-01/);
  });

  it('ends with status 1 and one line for what it cannot explain', async () => {
    const { status, stdout, stderr } = await plumbline(join(directory, 'NEW.csv'));
    expect([status, stdout]).toEqual([1, '']);
    expect(stderr).toMatch(/^error: too_few_bars: .*NEW\.csv: NEW has 100 bars.*\n$/);
  });
});
