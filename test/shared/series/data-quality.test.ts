import { describe, expect, it } from 'vitest';
import { assessDataQuality, requireDataQuality } from '../../../src/shared/series/data-quality.ts';
import { columnsFromBars, type Series, sliceSeries } from '../../../src/shared/series/series.ts';
import { dailyBars } from '../market-data/plain-bars.ts';
import { sp500 } from './sp500.ts';
import { uncheckedSeries } from './unchecked-series.ts';

const SP500 = sp500();
const rules = { minimumBars: 250, now: '2024-12-28T12:00:00Z' };
const SERIES = uncheckedSeries(columnsFromBars('TEST', '1D', dailyBars('2024-01-02', 250)));
const still = { ...SERIES, close: SERIES.close.map(() => 100) };
const codesOf = (series: Series) =>
  assessDataQuality(series, rules).map(({ severity, code }) => `${severity} ${code}`);

describe('a series', () => {
  it('of the S&P 500 from 2000 to 2020 is enough, and says its age', () => {
    expect(assessDataQuality(SP500, { minimumBars: 5105, now: '2020-04-17T21:00:00Z' })).toEqual([]);
    const old = requireDataQuality(SP500, { minimumBars: 1250, now: '2026-01-02T12:00:00Z' });
    expect(old).toMatchObject([{ severity: 'note', code: 'stale_data', details: { last: '2020-04-17' } }]);
  });

  it('of consecutive sessions up to yesterday leaves nothing to say', () => {
    expect(codesOf(SERIES)).toEqual([]);
  });

  it.each<[string, Series, string[]]>([
    ['too few for the fit', sliceSeries(SERIES, 50, 250), ['refuse too_few_bars']],
    ['too few for any', sliceSeries(SERIES, 200, 250), ['refuse too_few_bars']],
    ['that never move', still, ['refuse constant_series']],
  ])('of bars %s is refused, and told once', (_, series, codes) => {
    expect(codesOf(series)).toEqual(codes);
  });

  it('of too few bars is refused with what is there and what is needed', () => {
    expect(() => requireDataQuality(sliceSeries(SERIES, 230, 250), rules)).toThrow(
      expect.objectContaining({
        code: 'too_few_bars',
        message: expect.stringMatching(/^TEST has 20 bars to forecast from, and 100 are needed at least$/),
      }),
    );
  });
});
