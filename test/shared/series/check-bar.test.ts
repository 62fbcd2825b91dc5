import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { checkBar } from '../../../src/shared/series/check-bar.ts';
import type { Bar } from '../../../src/shared/series/series.ts';

const BAR: Bar = { time: '2024-05-31', open: 11, high: 12, low: 10, close: 10.5, volume: 900 };
const checked = (change: Partial<Bar>) => checkBar({ ...BAR, ...change });

describe('checkBar', () => {
  it('gives back a consistent bar as it is', () => {
    for (const bar of [BAR, { ...BAR, volume: null }, { ...BAR, volume: 0 }, { ...BAR, low: 10.5 }])
      expect(checkBar(bar)).toEqual({ bar, rounded: false });
  });

  it.each([
    ['a close one step above the high', { close: 12.000000000000002 }, { close: 12 }],
    ['an open one step below the low', { open: 9.999999999999998 }, { open: 10 }],
    ['a close of single precision', { close: 12.0000005 }, { close: 12 }],
    [
      'a flat bar whose high is one step below its low',
      { open: 10, high: 9.999999999999998, low: 10, close: 10 },
      { open: 10, high: 10, low: 9.999999999999998, close: 10 },
    ],
  ])('takes %s as rounding, and says so', (_name, change, expected) => {
    expect(checked(change)).toEqual({ bar: { ...BAR, ...change, ...expected }, rounded: true });
  });

  it.each([
    ['a close above the high', { close: 12.0001 }, 'inconsistent_bar', 'close 12.0001 is above high 12'],
    ['an open below the low', { open: 9.9999 }, 'inconsistent_bar', 'open 9.9999 is below low 10'],
    ['a high below the low', { high: 9 }, 'inconsistent_bar', 'high 9 is below low 10'],
    ['a price of 0', { low: 0 }, 'invalid_price', 'low is 0'],
    ['a negative price', { open: -1 }, 'invalid_price', 'open is -1'],
    ['a price that is no number', { close: Number.NaN }, 'invalid_price', 'close is NaN'],
    ['an infinite price', { high: Number.POSITIVE_INFINITY }, 'invalid_price', 'high is Infinity'],
    ['a negative volume', { volume: -1 }, 'invalid_volume', 'volume is -1'],
    ['a volume that is no number', { volume: Number.NaN }, 'invalid_volume', 'volume is NaN'],
  ])('refuses %s', (_name, change, code, what) => {
    expect(checked(change)).toEqual({ fault: { code, what, rule: expect.any(String) } });
  });

  it('states its tolerance in the rule', () => {
    expect(checked({ close: 13 }).fault?.rule).toContain('0.000001 of the price');
  });

  it('leaves only consistent bars, none of whose prices it moved by more than the tolerance', () => {
    const price = fc.double({ min: 1e-4, max: 1e6, noNaN: true });
    const noise = fc.double({ min: -3e-6, max: 3e-6, noNaN: true });
    fc.assert(
      fc.property(price, fc.tuple(noise, noise, noise), (level, [a, b, c]) => {
        const bar = {
          ...{ time: BAR.time, volume: null, low: level, high: level * (1 + a) },
          ...{ open: level * (1 + b), close: level * (1 + c) },
        };
        const result = checkBar(bar);
        if (result.fault !== undefined) return;
        const { open, high, low, close } = result.bar;
        expect(low <= open && open <= high && low <= close && close <= high).toBe(true);
        for (const column of ['open', 'high', 'low', 'close'] as const)
          expect(Math.abs(result.bar[column] - bar[column])).toBeLessThanOrEqual(1.001e-6 * level);
        expect(result.rounded).toBe(JSON.stringify(result.bar) !== JSON.stringify(bar));
      }),
    );
  });
});
