import fc from 'fast-check';
import { EVERY_DAY, NEW_YORK, WEEKDAYS } from '../../../src/shared/calendars/built-in-calendars.ts';
import type { TradingCalendar } from '../../../src/shared/calendars/trading-calendar.ts';
import type { Bar } from '../../../src/shared/series/series.ts';
import {
  type BarDamage,
  changed,
  doubled,
  doubledPrices,
  dropped,
  monthly,
  movedRows,
  repriced,
  scaled,
  shiftedDates,
  stoodStill,
  swappedColumns,
  weekly,
} from '../../bars/support/bar-damages.ts';
import { daysAfter, goodBars } from '../../bars/support/good-bars.ts';

/** An upload of a new symbol: how it is sent, and what is written. */
export interface GeneratedUpload {
  readonly symbol: string;
  readonly asJson: boolean;
  /** That the upload names; undefined: it names none, and New York's is meant. */
  readonly calendar: TradingCalendar | undefined;
  /** Made when asked for, so that a counterexample is short. */
  bars(): Bar[];
}

/** An upload that the gate refuses. */
interface DamagedUpload extends GeneratedUpload {
  readonly damage: string;
  /** What it is refused with. */
  readonly code: string;
}

const seed = fc.integer({ min: 1, max: 10_000 });
/** Of the last bar, or shortly after it: within what every calendar knows, and past. */
const until = fc.integer({ min: 0, max: 10_000 }).map((days) => daysAfter('1997-01-01', days));
/** From prices of cents to prices of millions, with all the digits that a number has. */
const unit = fc.double({ min: -4, max: 4, noNaN: true }).map((power) => 10 ** power);
/** Used again and again; null: as good bars have them. */
const volumes = fc.option(fc.array(fc.option(fc.nat(), { freq: 4 }), { minLength: 1, maxLength: 10 }));

/** Uploads that must be taken: of any length, date, price and volume, by any of the built-in calendars. */
export const goodUploads: fc.Arbitrary<GeneratedUpload> = fc
  .record({
    symbol: fc.stringMatching(/^[A-Z][A-Z0-9]{2,6}$/),
    asJson: fc.boolean(),
    calendar: fc.constantFrom(undefined, undefined, NEW_YORK, EVERY_DAY, WEEKDAYS),
    count: fc.oneof(fc.integer({ min: 1, max: 10 }), fc.integer({ min: 1, max: 600 })),
    until,
    seed,
    unit,
    volumes,
  })
  .map((drawn) => ({
    ...drawn,
    bars: () =>
      goodBars(drawn).map((bar, i) => ({
        ...repriced(bar, (price) => price * drawn.unit),
        volume: drawn.volumes === null ? bar.volume : drawn.volumes[i % drawn.volumes.length],
      })),
  }));

const BARS = 300;
/** A bar with bars enough on either side. */
const place = fc.integer({ min: 20, max: BARS - 100 });
const few = fc.integer({ min: 1, max: 5 });
/** Beyond the largest move that is believed, either way. */
const factor = fc
  .tuple(fc.double({ min: 4, max: 1_000, noNaN: true }), fc.boolean())
  .map(([by, up]) => (up ? by : 1 / by));

/** Damage of sizes that docs/data.md says are refused. */
const DAMAGES: readonly (readonly [name: string, code: string, damage: fc.Arbitrary<BarDamage>])[] = [
  ['rows doubled', 'duplicate_date', fc.tuple(place, few).map(([at, count]) => doubled(at, count))],
  [
    'rows moved',
    'disordered_date',
    fc
      .tuple(place, few, fc.integer({ min: 6, max: 50 }))
      .map(([at, count, by]) => movedRows(at, count, at + by)),
  ],
  ['dates moved', 'shifted_dates', fc.constantFrom(-3, -2, -1, 1, 2, 3).map(shiftedDates)],
  ['dates to come', 'future_date', fc.integer({ min: 36_500, max: 40_000 }).map(shiftedDates)],
  [
    'weekly bars',
    'weekly_bars',
    fc.constantFrom('first' as const, 'last' as const, 'monday' as const, 'sunday' as const).map(weekly),
  ],
  ['monthly bars', 'monthly_bars', fc.constantFrom('first' as const, 'last' as const).map(monthly)],
  [
    'bars of another market',
    'other_calendar',
    fc.constantFrom(EVERY_DAY, WEEKDAYS).map((calendar) => (bars) => {
      const until = bars[bars.length - 1].time;
      return goodBars({ count: bars.length, until, calendar });
    }),
  ],
  [
    'most sessions missing',
    'too_many_gaps',
    fc.integer({ min: 155, max: 250 }).map((count) => dropped(20, count)),
  ],
  ['another unit', 'implausible_price', fc.tuple(place, factor).map(([at, by]) => scaled(by, at))],
  [
    'a price of 0 or below',
    'invalid_price',
    fc.tuple(place, fc.boolean()).map(([at, zero]) => changed(at, ({ low }) => ({ low: zero ? 0 : -low }))),
  ],
  ['high and low swapped', 'inconsistent_bar', fc.constant(swappedColumns('high', 'low'))],
  ['open and close swapped', 'swapped_columns', fc.constant(swappedColumns('open', 'close'))],
  [
    'rows copied',
    'repeated_rows',
    fc.tuple(place, fc.integer({ min: 10, max: 40 })).map(([at, count]) => doubledPrices(at, count)),
  ],
  [
    'prices that stand still',
    'repeated_prices',
    fc.tuple(place, fc.integer({ min: 60, max: 90 })).map(([at, count]) => stoodStill(at, count)),
  ],
];

/** Uploads that must be refused. */
export const damagedUploads: fc.Arbitrary<DamagedUpload> = fc
  .record({
    // Longer than those of good uploads: such a symbol has no calendar of its own.
    symbol: fc.stringMatching(/^[A-Z][A-Z0-9]{7,9}$/),
    asJson: fc.boolean(),
    calendar: fc.constantFrom(undefined, NEW_YORK),
    until,
    seed,
    kind: fc.oneof(
      ...DAMAGES.map(([damage, code, damages]) => damages.map((apply) => ({ damage, code, apply }))),
    ),
  })
  .map(({ kind: { damage, code, apply }, ...drawn }) => ({
    ...drawn,
    damage,
    code,
    bars: () => apply(goodBars({ ...drawn, count: BARS })),
  }));

/** How many kinds of damage there are. */
export const DAMAGE_KINDS = DAMAGES.length;
