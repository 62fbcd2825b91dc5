// Draws damage: above the sizes that docs/data.md states, none passes unnoticed. And what is not damaged is taken without a word.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { EVERY_DAY, NEW_YORK, WEEKDAYS } from '../../src/shared/calendars/built-in-calendars.ts';
import type { Bar } from '../../src/shared/series/series.ts';
import {
  type BarDamage,
  changed,
  copiedColumn,
  doubled,
  doubledPrices,
  dropped,
  inverted,
  movedRows,
  repriced,
  scaled,
  shiftedDates,
  swappedColumns,
  weekly,
} from './support/bar-damages.ts';
import { EXPORT_SHAPES, plainCsv } from './support/export-shapes.ts';
import { goodBars } from './support/good-bars.ts';
import { LAST_SESSION, takeBars } from './support/take-bars.ts';

const BARS = 300;
/** Of each property: more were tried once, with other seeds. */
const RUNS = 25;
/** A bar with bars enough on either side. */
const place = fc.integer({ min: 20, max: BARS - 60 });
const seed = fc.integer({ min: 1, max: 50 });
const price = fc.constantFrom('open' as const, 'high' as const, 'low' as const, 'close' as const);
const made = new Map<string, readonly Bar[]>();
/** Made once. */
function good(of: number, count = BARS): readonly Bar[] {
  const bars = made.get(`${of} ${count}`) ?? goodBars({ count, until: LAST_SESSION, seed: of });
  made.set(`${of} ${count}`, bars);
  return bars;
}

/** Factors from which on a change of unit is noticed, either way. */
const NOTICED_FACTOR = 1.25;
const factor = fc
  .tuple(fc.double({ min: 0, max: 1, noNaN: true }), fc.boolean())
  // Half of them below 3, up to which no price is refused.
  .map(([share, up]) => (NOTICED_FACTOR * 6 ** (2 * share)) ** (up ? 1 : -1));

/** Damage of a series as it is drawn, and what names it. */
const DAMAGES: readonly (readonly [name: string, says: RegExp, damage: fc.Arbitrary<BarDamage>])[] = [
  [
    'rows dropped',
    /missing/,
    fc.tuple(place, fc.integer({ min: 1, max: 40 })).map(([at, count]) => dropped(at, count)),
  ],
  [
    'rows doubled',
    /twice/,
    fc.tuple(place, fc.integer({ min: 1, max: 20 })).map(([at, count]) => doubled(at, count)),
  ],
  [
    'a block moved',
    /comes after|comes before|twice/,
    fc
      .tuple(place, fc.integer({ min: 1, max: 40 }), fc.integer({ min: 1, max: 200 }))
      .map(([at, count, by]) => movedRows(at, count, Math.min(at + by, BARS - count))),
  ],
  [
    'the prices of a block doubled under the dates behind it',
    /again|repeat/,
    fc
      .tuple(fc.integer({ min: 20, max: BARS - 100 }), fc.integer({ min: 2, max: 40 }))
      .map(([at, count]) => doubledPrices(at, count)),
  ],
  [
    'dates shifted',
    /too (early|late)|no session/,
    fc.constantFrom(-3, -2, -1, 1, 2, 3).map((days) => {
      // No bar of the future, which another rule refuses.
      return (bars: readonly Bar[]) => shiftedDates(days)(bars.slice(0, -5));
    }),
  ],
  [
    'dates shifted from a bar on',
    /too (early|late)|no session|twice|comes after|missing/,
    fc.tuple(place, fc.constantFrom(-3, -2, -1, 1, 2, 3)).map(([at, days]) => (bars: readonly Bar[]) => [
      ...bars.slice(0, at),
      ...shiftedDates(days)(bars.slice(at, -5)),
    ]),
  ],
  [
    'a year off',
    /too (early|late)|no session|year/,
    fc.constantFrom(-1, -2).map(
      (years) => (bars: readonly Bar[]) =>
        bars.map((bar) => ({
          ...bar,
          time: `${Number(bar.time.slice(0, 4)) + years}${bar.time.slice(4)}`,
        })),
    ),
  ],
  [
    'a block a year off',
    /twice|comes (after|before)/,
    fc.tuple(place, fc.integer({ min: 1, max: 40 })).map(
      ([at, count]) =>
        (bars: readonly Bar[]) =>
          bars.map((bar, i) =>
            i >= at && i < at + count
              ? { ...bar, time: `${Number(bar.time.slice(0, 4)) - 1}${bar.time.slice(4)}` }
              : bar,
          ),
    ),
  ],
  [
    'prices in another unit from a bar on',
    /by a factor of/,
    fc.tuple(place, factor).map(([at, by]) => scaled(by, at)),
  ],
  [
    'prices of a block in another unit',
    /by a factor of/,
    fc
      .tuple(place, fc.integer({ min: 1, max: 40 }), factor)
      .map(([at, count, by]) => scaled(by, at, at + count)),
  ],
  [
    'one price off by a power of ten',
    /by a factor of|above high|below low/,
    fc
      .tuple(place, price, fc.constantFrom(0.001, 0.01, 0.1, 10, 100, 1_000))
      .map(([at, column, by]) => changed(at, (bar) => ({ [column]: bar[column] * by }))),
  ],
  [
    'one close off, high and low with it',
    /by a factor of/,
    fc.tuple(place, factor).map(([at, by]) =>
      changed(at, ({ open, high, low, close }) => ({
        close: close * by,
        high: Math.max(open, high, close * by),
        low: Math.min(open, low, close * by),
      })),
    ),
  ],
  [
    'a sign',
    /a price is a number above 0/,
    fc.tuple(place, price).map(([at, column]) => changed(at, (bar) => ({ [column]: -bar[column] }))),
  ],
  [
    'another symbol joined',
    /by a factor of/,
    fc.tuple(place, factor).map(([at, by]) => (bars: readonly Bar[]) => {
      const other = good(99);
      const unit = (by * bars[at - 1].close) / other[at].open;
      return [...bars.slice(0, at), ...scaled(unit, 0)(other).slice(at)];
    }),
  ],
  [
    'two columns swapped',
    /above high|below low/,
    fc
      .uniqueArray(price, { minLength: 2, maxLength: 2 })
      .filter((pair) => pair.some((column) => column === 'high' || column === 'low'))
      .map(([one, other]) => swappedColumns(one, other)),
  ],
  [
    'a column over another one',
    /above high|below low|by a factor of/,
    fc
      .tuple(
        fc.constantFrom('open' as const, 'close' as const, 'volume' as const),
        fc.constantFrom('high' as const, 'low' as const),
      )
      .map(([from, to]) => copiedColumn(from, to)),
  ],
  ['prices the other way round from a bar on', /by a factor of/, place.map(inverted)],
  ['opens and closes swapped', /open|order/, fc.constant(swappedColumns('open', 'close'))],
  [
    'opens and closes the same',
    /open and close/,
    fc.constantFrom(copiedColumn('open', 'close'), copiedColumn('close', 'open')),
  ],
  [
    'rows in reverse order under ordered dates',
    /open|order/,
    fc.constant((bars: readonly Bar[]) =>
      bars.map(({ time }, i) => ({ ...bars[bars.length - 1 - i], time })),
    ),
  ],
  [
    'a block of weekly bars',
    /weekly/,
    fc.tuple(place, fc.integer({ min: 40, max: 60 })).map(([at, count]) => (bars: readonly Bar[]) => [
      ...bars.slice(0, at),
      ...weekly('last')(bars.slice(at, at + count)),
      ...bars.slice(at + count),
    ]),
  ],
];

describe('damage that is drawn', () => {
  it.each(DAMAGES)('is noticed and named: %s, by %s', (_name, says, damages) => {
    fc.assert(
      fc.property(seed, damages, (of, damage) => {
        const bars = good(of);
        const text = plainCsv(damage(bars));
        fc.pre(text !== plainCsv(bars));
        const { taken, refused } = takeBars(text);
        const told = refused?.message ?? taken!.notes.map(({ message }) => message).join('. ');
        expect(told).toMatch(says);
      }),
      { seed: 17, numRuns: RUNS },
    );
  });

  it('of the text is noticed: dates in two orders', () => {
    fc.assert(
      fc.property(seed, place, fc.integer({ min: 1, max: 40 }), (of, at, count) => {
        const written = ({ time }: Bar, dayFirst: boolean) => {
          const [year, month, day] = time.split('-');
          return dayFirst ? `${day}/${month}/${year}` : `${month}/${day}/${year}`;
        };
        const bars = good(of);
        const rows = bars.map((bar, i) =>
          [written(bar, i >= at && i < at + count), bar.open, bar.high, bar.low, bar.close, bar.volume].join(
            ',',
          ),
        );
        const mixed = bars.slice(at, at + count).some(({ time }) => time.slice(5, 7) !== time.slice(8));
        fc.pre(mixed);
        const { refused } = takeBars(['Date,Open,High,Low,Close,Volume', ...rows].join('\n'));
        expect(refused).not.toBeNull();
      }),
      { seed: 17, numRuns: RUNS },
    );
  });
});

describe('a series without damage', () => {
  it('is taken without a note, in every shape, from every seed and in every unit', () => {
    fc.assert(
      fc.property(
        seed,
        fc.constantFrom(...EXPORT_SHAPES),
        fc.integer({ min: 60, max: 600 }),
        fc.constantFrom(0.01, 1, 40),
        (of, { text }, count, unit) => {
          // Six digits, as sources write a price that is adjusted.
          const bars = good(of, count).map((bar) =>
            repriced(bar, (value) => Number((value * unit).toPrecision(6))),
          );
          const { taken, refused } = takeBars(text(bars));
          expect(refused).toBeNull();
          expect([taken!.notes, taken!.reading.notes, taken!.reading.rounded]).toEqual([[], [], 0]);
          expect(taken!.bars.map(({ close }) => close)).toEqual(bars.map(({ close }) => close));
        },
      ),
      { seed: 17, numRuns: 2 * RUNS },
    );
  });

  it.each([NEW_YORK, EVERY_DAY, WEEKDAYS])(
    'is taken without a note by its own calendar, $name',
    (calendar) => {
      fc.assert(
        fc.property(seed, (of) => {
          const bars = goodBars({ count: BARS, until: LAST_SESSION, seed: of, calendar });
          const { taken, refused } = takeBars(plainCsv(bars), { calendar });
          expect([refused, taken?.notes]).toEqual([null, []]);
        }),
        { seed: 17, numRuns: 20 },
      );
    },
  );

  it('of another market is refused by the calendar of New York, naming the one that fits', () => {
    const every = plainCsv(goodBars({ count: BARS, until: LAST_SESSION, calendar: EVERY_DAY }));
    expect(takeBars(every).refused?.message).toMatch(/24\/7/);
    const weekdays = plainCsv(goodBars({ count: BARS, until: LAST_SESSION, calendar: WEEKDAYS }));
    expect(takeBars(weekdays).refused?.message).toMatch(/weekdays/);
  });
});
