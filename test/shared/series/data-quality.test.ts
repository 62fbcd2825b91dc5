import { describe, expect, it } from 'vitest';
import { NEW_YORK } from '../../../src/shared/calendars/built-in-calendars.ts';
import {
  datesOffCalendar,
  missingSessions,
  sessionsSince,
} from '../../../src/shared/calendars/missing-sessions.ts';
import { assessDataQuality, requireDataQuality } from '../../../src/shared/series/data-quality.ts';
import { describeMove, implausibleMoves } from '../../../src/shared/series/implausible-moves.ts';
import { missingBars } from '../../../src/shared/series/missing-bars.ts';
import { type Series, seriesFromBars } from '../../../src/shared/series/series.ts';
import { dailyBars } from '../market-data/plain-bars.ts';
import { sp500Bars } from './sp500.ts';

const SP500 = seriesFromBars('SPX', '1D', sp500Bars());
const rules = { minimumBars: 250, now: '2024-12-28T12:00:00Z' };
const BARS = dailyBars('2024-01-02', 250);

/** The bars after a change, as a series. */
function changed(
  change: (
    bars: { time: string; open: number; high: number; low: number; close: number; volume: number }[],
  ) => unknown,
): Series {
  const bars = structuredClone(BARS);
  change(bars);
  return seriesFromBars('TEST', '1D', bars);
}
/** The bars with closes that do not move from one ordinal to another, which is not among them. */
const still = (from: number, to: number) =>
  changed((bars) => {
    for (let i = from; i < to; i++) bars[i].close = 100;
  });
const codesOf = (series: Series) =>
  assessDataQuality(series, rules).findings.map(({ severity, code }) => `${severity} ${code}`);

describe('the quality of bars', () => {
  it('of the S&P 500 from 2000 to 2020 is good, but for their age', () => {
    const { findings } = assessDataQuality(SP500, { minimumBars: 5105, now: '2020-04-17T21:00:00Z' });
    expect(findings).toEqual([]);
    const old = requireDataQuality(SP500, { minimumBars: 1250, now: '2026-01-02T12:00:00Z' });
    expect(old).toMatchObject([{ severity: 'note', code: 'stale_data', details: { last: '2020-04-17' } }]);
  });

  it('of consecutive sessions up to yesterday leaves nothing to say', () => {
    expect(codesOf(changed(() => {}))).toEqual([]);
  });

  it.each<[string, Series, string[]]>([
    ['too few for the fit', changed((bars) => bars.splice(0, 50)), ['refuse too_few_bars']],
    ['too few for any', changed((bars) => bars.splice(0, 200)), ['refuse too_few_bars']],
    [
      'a price of zero',
      changed((bars) => Object.assign(bars[9], { low: 0 })),
      ['refuse not_finite', 'refuse implausible_price'],
    ],
    ['no price', changed((bars) => Object.assign(bars[9], { close: Number.NaN })), ['refuse not_finite']],
    [
      'a price off by ten',
      changed((bars) => Object.assign(bars[9], { close: 1000, high: 1000 })),
      ['refuse implausible_price'],
    ],
    ['a wick', changed((bars) => Object.assign(bars[9], { low: 1 })), ['refuse implausible_price']],
    ['six closes that are the same', still(20, 26), ['note repeated_prices']],
    ['a quarter that does not move', still(20, 80), ['refuse repeated_prices']],
    [
      'every other close the one before',
      changed((bars) => {
        for (let i = 1; i < bars.length; i += 2) bars[i].close = bars[i - 1].close;
      }),
      ['refuse repeated_prices'],
    ],
    ['two sessions missing', changed((bars) => bars.splice(100, 2)), ['refuse too_few_bars', 'note gap']],
    [
      'one bar a week',
      seriesFromBars(
        'TEST',
        '1D',
        dailyBars('2019-01-02', 1250).filter((_, i) => i % 5 === 0),
      ),
      ['refuse too_many_gaps'],
    ],
  ])('with %s', (_, series, codes) => {
    const found = codesOf(series).filter((code) => !code.includes('stale'));
    expect(found).toEqual(codes);
  });

  it('that never moves is told once', () => {
    expect(codesOf(still(0, 250))).toEqual(['refuse constant_series', 'refuse repeated_prices']);
  });

  it('of another market has no gaps, because its calendar is not known', () => {
    const series = changed((bars) => {
      bars.splice(100, 2);
      bars[200].time = '2024-10-26';
    });
    expect(codesOf(series).some((code) => code.includes('gap'))).toBe(false);
  });

  it('is refused with the first code, the bar, and all there is to say', () => {
    const series = changed((bars) => {
      Object.assign(bars[9], { close: 10, low: 10 });
      bars.splice(0, 5);
    });
    expect(() => requireDataQuality(series, rules)).toThrow(
      expect.objectContaining({
        code: 'too_few_bars',
        message: expect.stringMatching(
          /has 245 bars.*the close moves from \d+ to 10 at 2024-01-16.*1 more such bar/,
        ),
      }),
    );
  });
});

describe('a move', () => {
  const moves = (closes: number[], largest = 3) => {
    const column = Float64Array.from(closes);
    return implausibleMoves(
      { times: closes.map((_, i) => `day ${i}`), high: column, low: column, close: column },
      largest,
    );
  };

  it('beyond the factor is found either way, at the bar where it happens', () => {
    expect(moves([100, 299, 100])).toEqual([]);
    expect(moves([100, 301, 100]).map(({ time, kind }) => [time, kind])).toEqual([
      ['day 1', 'close_to_close'],
      ['day 2', 'close_to_close'],
    ]);
    expect(moves([100, 301, 100], 4)).toEqual([]);
  });

  it.each([
    [[100, 26], 'a split of 4 for 1'],
    [[100, 9.7], 'a split of 10 for 1 that prices are not adjusted for, or a price off by a factor of 10'],
    [[10, 205], 'a reverse split of 1 for 20'],
    [[100, 0.99], 'a price off by a factor of 100'],
  ])('of %j looks like %s', (closes, words) => {
    expect(describeMove('X', moves(closes)[0], 3)).toContain(`it looks like ${words}`);
  });

  it('that is like nothing is likened to nothing', () => {
    expect(describeMove('X', moves([100, 3500])[0], 3)).toMatch(
      /by a factor of 35\.00, where 3 is the most that is believed\. If/,
    );
  });
});

describe('missing bars', () => {
  it('are the sessions between the first and an instant that are not there', () => {
    const times = ['2024-12-20', '2024-12-24', '2024-12-26'];
    expect(missingBars(times, '1D', '2024-12-30T12:00:00Z', NEW_YORK)).toEqual(['2024-12-23', '2024-12-27']);
    expect(missingSessions(times, NEW_YORK)).toEqual(['2024-12-23']);
    expect(missingBars([], '1D', '2024-12-30T12:00:00Z', NEW_YORK)).toEqual([]);
  });

  it('of half sessions begin after the first bar, and a half day has one', () => {
    const times = ['2024-12-23T18:30:00Z', '2024-12-26T18:30:00Z'];
    expect(missingBars(times, '4h', '2024-12-26T21:00:00Z', NEW_YORK)).toEqual([
      '2024-12-24T14:30:00Z',
      '2024-12-26T14:30:00Z',
    ]);
  });

  it('are none of a series with a bar on a day without a session', () => {
    const times = ['2024-12-20', '2024-12-22', '2024-12-26'];
    expect(datesOffCalendar(times, NEW_YORK)).toEqual(['2024-12-22']);
    expect(missingSessions(times, NEW_YORK)).toEqual(['2024-12-23', '2024-12-24']);
  });

  it('since a bar are counted at the close', () => {
    expect(sessionsSince('2024-12-24', '2024-12-26T20:59:59Z', NEW_YORK)).toBe(0);
    expect(sessionsSince('2024-12-24T14:30:00Z', '2024-12-26T21:00:00Z', NEW_YORK)).toBe(1);
  });
});
