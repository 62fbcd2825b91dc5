import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { findCovariateFiles, forecastFiles } from '../../src/cli/covariate-files.ts';
import type { CovariateName } from '../../src/shared/series/covariate.ts';

const directory = mkdtempSync(join(tmpdir(), 'covariates-'));
beforeAll(() => {
  for (const symbol of ['AAPL', 'SPY', 'VIX'])
    writeFileSync(join(directory, `${symbol}.csv`), 'date,open,high,low,close\n2024-03-01,1,1,1,1\n');
});
afterAll(() => rmSync(directory, { recursive: true }));

const names: readonly CovariateName[] = [
  { symbol: 'VIX', measure: 'level' },
  { symbol: 'SPY', measure: 'level' },
  { symbol: 'SPY', measure: 'range' },
  { symbol: 'QQQ', measure: 'range' },
];
const forecast = (symbols?: readonly string[]) =>
  forecastFiles({ csv: directory, symbols }, '1D', names).files.map(({ symbol }) => symbol);

describe('of a directory with covariates', () => {
  it('what is read by its level alone is forecast only where it is asked for by name', () => {
    expect(forecast()).toEqual(['AAPL', 'SPY']);
    expect(forecast(['VIX'])).toEqual(['VIX']);
    const onlyVix = { csv: join(directory, 'VIX.csv') };
    expect(() => forecastFiles(onlyVix, '1D', names)).toThrow(
      expect.objectContaining({ code: 'no_bar_files', message: expect.stringContaining('--symbols') }),
    );
  });

  it('those that are not forecast are stored beside, whole where their range is read, and missing ones named', () => {
    const stored = (symbols: readonly string[], csv?: string) => {
      const { files, missing } = findCovariateFiles(names, csv, symbols);
      return [...files.map(({ file, measure }) => `${file.symbol} ${measure}`), ...missing];
    };
    expect(stored(['AAPL'], directory)).toEqual(['VIX level', 'SPY range', 'QQQ']);
    expect(stored(['AAPL', 'SPY'], directory)).toEqual(['VIX level', 'QQQ']);
    expect(stored(['SPX'])).toEqual(['VIX', 'SPY', 'QQQ']);
  });
});
