import { describe, expect, it } from 'vitest';
import {
  decimalsOf,
  linearScale,
  paddedDomain,
  roundTicks,
  yearTicks,
} from '../../../../src/cli/evaluate/report-page/scales.ts';
import { parseDate } from '../../../../src/shared/calendars/civil-date.ts';

describe('a linear scale', () => {
  it('maps the ends of the domain to the ends of the range, also downwards', () => {
    const scale = linearScale([0.98, 1.02], [200, 20]);
    expect([0.98, 1, 1.02].map(scale)).toEqual([200, 110, 20]);
  });

  it('puts the one value of an empty domain in the middle', () => {
    expect(linearScale([3, 3], [0, 10])(3)).toBe(5);
  });
});

describe('a padded domain', () => {
  it('holds all values with a margin', () => {
    expect(paddedDomain([2, 1, 3])).toEqual([0.9, 3.1]);
  });

  it.each([[0], [5], [-5]])('of the single value %d has a length', (value) => {
    const [low, high] = paddedDomain([value]);
    expect(low).toBeLessThan(value);
    expect(high).toBeGreaterThan(value);
  });
});

describe('ticks', () => {
  it.each([
    [
      [0, 1],
      [0, 0.2, 0.4, 0.6, 0.8, 1],
    ],
    [
      [0.976, 1.008],
      [0.98, 0.99, 1],
    ],
    [
      [-1.4, 1.2],
      [-1, 0, 1],
    ],
    [
      [0, 0.4],
      [0, 0.1, 0.2, 0.3, 0.4],
    ],
  ] as [[number, number], number[]][])('of %j are the round values %j', (domain, ticks) => {
    expect(roundTicks(domain)).toEqual(ticks);
  });

  it('of days are beginnings of years, not too many', () => {
    const domain = [parseDate('1990-06-01'), parseDate('2025-06-30')] as const;
    expect(yearTicks(domain, 10).map(({ year }) => year)).toEqual([1995, 2000, 2005, 2010, 2015, 2020, 2025]);
    expect(yearTicks(domain, 10)[0].day).toBe(parseDate('1995-01-01'));
    expect(yearTicks([parseDate('2018-02-01'), parseDate('2020-04-01')]).map(({ year }) => year)).toEqual([
      2019, 2020,
    ]);
  });

  it('are written with as many digits as tell them apart', () => {
    expect(decimalsOf([0.98, 1, 1.02], 3)).toBe(3);
    expect(decimalsOf([0.9996, 0.9998, 1], 3)).toBe(4);
  });
});
