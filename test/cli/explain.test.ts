import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { explain, explanationText } from '../../src/cli/commands/explain.ts';
import { sp500Bars } from '../shared/series/sp500.ts';

const NOW = '2020-05-01T00:00:00Z';
let directory: string;

beforeAll(() => {
  directory = mkdtempSync(join(tmpdir(), 'plumbline-explain-'));
  const lines = sp500Bars().map(({ time, open, high, low, close, volume }) =>
    [time.slice(0, 10), open, high, low, close, volume].join(','),
  );
  const header = 'date,open,high,low,close,volume';
  writeFileSync(join(directory, 'SPX.csv'), [header, ...lines].join('\n'));
  writeFileSync(join(directory, 'NEW.csv'), [header, ...lines.slice(0, 100)].join('\n'));
});
afterAll(() => rmSync(directory, { recursive: true }));

describe('plumbline explain', () => {
  it('describes each volatility model of the grid once, fitted to the latest 1,250 bars', () => {
    const explanations = explain(directory, ['SPX'], NOW);
    const [{ symbol, first_bar, last_bar, fits }] = explanations;
    expect([explanations.length, symbol, first_bar.slice(0, 10), last_bar.slice(0, 10)]).toEqual([
      1,
      'SPX',
      '2015-05-01',
      '2020-04-17',
    ]);
    expect(fits.map((fit) => `${fit.variance} ${fit.innovations} ${fit.returns}`)).toEqual([
      'realized t 1249',
      'realized normal 1249',
      'gjr t 1249',
    ]);
    const text = explanationText(explanations);
    expect(text).toMatch(/SPX, 2015-05-01 to 2020-04-17: gjr, t innovations/);
    const { estimate, standardError } = fits[2].volatility.find(({ name }) => name === 'beta')!;
    expect(text).toContain(`${estimate.toPrecision(5)}  (${standardError!.toPrecision(3)})`);
    expect(text).toMatch(/Ljung-Box \d\.\d{3}, of squares \d\.\d{3}, ARCH-LM \d\.\d{3}/);
  });

  it('refuses a file with too few bars', () => {
    expect(() => explain(join(directory, 'NEW.csv'), undefined, NOW)).toThrow(
      expect.objectContaining({ code: 'too_few_bars' }),
    );
  });
});
