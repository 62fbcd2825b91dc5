import { describe, expect, it } from 'vitest';
import { NEW_YORK } from '../../../src/shared/calendars/built-in-calendars.ts';
import { assessBars, checkBars } from '../../../src/shared/series/check-bars.ts';
import { type BarColumns, columnsFromBars } from '../../../src/shared/series/series.ts';
import { dailyBars } from '../market-data/plain-bars.ts';
import { sp500Bars } from './sp500.ts';

const rules = { calendar: NEW_YORK };
const BARS = dailyBars('2024-01-02', 250);

/** The bars after a change, by column. */
function changed(
  change: (
    bars: { time: string; open: number; high: number; low: number; close: number; volume: number }[],
  ) => unknown,
): BarColumns {
  const bars = structuredClone(BARS);
  change(bars);
  return columnsFromBars('TEST', '1D', bars);
}
/** A close at 100, within its bar. */
const at100 = ({ high, low }: { high: number; low: number }) => ({
  close: 100,
  ...{ high: Math.max(high, 100), low: Math.min(low, 100) },
});
/** The bars with closes that do not move from one ordinal to another, which is not among them. */
const still = (from: number, to: number) =>
  changed((bars) => {
    for (let i = from; i < to; i++) Object.assign(bars[i], at100(bars[i]));
  });
const codesOf = (bars: BarColumns) =>
  assessBars(bars, rules).map(({ severity, code }) => `${severity} ${code}`);

describe('the gate', () => {
  it('makes a series of the S&P 500 from 2000 to 2020 without a note', () => {
    const bars = columnsFromBars('SPX', '1D', sp500Bars());
    const { series, notes } = checkBars(bars, rules);
    expect(notes).toEqual([]);
    expect(series).toEqual({ ...bars, calendar: NEW_YORK });
  });

  it('has nothing to say of consecutive sessions', () => {
    expect(codesOf(changed(() => {}))).toEqual([]);
  });

  it.each<[string, BarColumns, string[]]>([
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
        for (let i = 0; i < bars.length; i++) {
          if (i % 4 < 2) Object.assign(bars[i], at100(bars[i]));
        }
        for (let i = 1; i < bars.length; i += 2) bars[i] = { ...bars[i - 1], time: bars[i].time, volume: i };
      }),
      ['refuse repeated_prices'],
    ],
    [
      'two bars, and one close',
      columnsFromBars(
        'TEST',
        '1D',
        BARS.slice(0, 2).map((bar) => ({ ...bar, ...at100(bar) })),
      ),
      [],
    ],
    ['two sessions missing', changed((bars) => bars.splice(100, 2)), ['note gap']],
  ])('with %s says so', (_, bars, codes) => {
    expect(codesOf(bars)).toEqual(codes);
  });

  it('refuses with the first code, the bar, and all there is to say', () => {
    const bars = changed((all) => {
      Object.assign(all[9], { close: 10, low: 10 });
      for (let i = 100; i < 170; i++) Object.assign(all[i], at100(all[i]));
    });
    expect(() => checkBars(bars, rules)).toThrow(
      expect.objectContaining({
        code: 'implausible_price',
        message: expect.stringMatching(
          /the close moves from [\d.]+ to 10 at 2024-01-16.*There is 1 more such bar\..*closes repeat the one before/,
        ),
      }),
    );
  });
});
