import type { Bar } from '../../../src/shared/series/series.ts';
import {
  anotherYear,
  type BarDamage,
  changed,
  closeOneStepAboveHigh,
  copiedColumn,
  doubledPrices,
  dropped,
  monthly,
  scaled,
  scaledBar,
  shiftedDates,
  swappedColumns,
  unadjustedSplit,
  weekly,
} from './bar-damages.ts';
import { plainCsv } from './export-shapes.ts';

/** What is right for a file: it is taken, with these notes and no other, or refused. */
export type RightAnswer =
  | {
      readonly is: 'taken';
      /** What the note says; default: there is none. */
      readonly notes?: RegExp;
      /** Bars within rounding; default 0. */
      readonly rounded?: number;
    }
  | { readonly is: 'refused'; readonly says: RegExp }
  /** A refusal or a note: by its size either is right. */
  | { readonly is: 'told'; readonly says: RegExp };

/** A kind of file. */
export interface BarCase {
  readonly name: string;
  /** Bars without a fault that it is made of; default 400. */
  readonly bars?: number;
  readonly text: (good: readonly Bar[]) => string;
  readonly right: RightAnswer;
}

const taken: RightAnswer = { is: 'taken' };
const noted = (notes: RegExp): RightAnswer => ({ is: 'taken', notes });
const refused = (says: RegExp): RightAnswer => ({ is: 'refused', says });
const told = (says: RegExp): RightAnswer => ({ is: 'told', says });
const damaged =
  (damage: BarDamage) =>
  (good: readonly Bar[]): string =>
    plainCsv(damage(good));
const all =
  (...damages: readonly BarDamage[]): BarDamage =>
  (bars) =>
    damages.reduce((now, damage) => damage(now), [...bars]);
/** The lines of a plain file with one of them replaced, or more put in behind it. */
const withLines =
  (line: number, by: (good: Bar) => readonly string[]) =>
  (good: readonly Bar[]): string =>
    plainCsv(good)
      .split('\n')
      .toSpliced(line - 1, 1, ...by(good[line - 2]))
      .join('\n');

/** Where things happen in a file of 400 bars. */
const MIDDLE = 200;

/** The kinds of files that public bug reports are about, and their siblings. */
export const BAR_CASES: readonly BarCase[] = [
  { name: 'nothing wrong', text: damaged((bars) => [...bars]), right: taken },
  {
    name: 'volumes missing',
    text: damaged((bars) => bars.map((b) => ({ ...b, volume: null }))),
    right: taken,
  },

  // Rounding.
  {
    name: 'one close a rounding step above its high',
    text: damaged(closeOneStepAboveHigh(MIDDLE)),
    right: { is: 'taken', rounded: 1 },
  },
  {
    name: 'two of them, one the last bar',
    text: damaged(all(closeOneStepAboveHigh(MIDDLE), closeOneStepAboveHigh(399))),
    right: { is: 'taken', rounded: 2 },
  },
  {
    name: 'an open below its low in single precision',
    text: damaged(changed(MIDDLE, (bar) => ({ open: Math.fround(bar.low * (1 - 1e-7)) }))),
    right: { is: 'taken', rounded: 1 },
  },
  {
    name: 'a close a cent above its high',
    text: damaged(changed(MIDDLE, (bar) => ({ close: bar.high + 0.01 }))),
    right: refused(/above high|high/),
  },

  // Rows without prices.
  {
    name: 'a row without prices on the day of a dividend',
    text: withLines(102, (bar) => [`${bar.time},,,,,0`]),
    right: refused(/[Ll]ine 102\b.*""/s),
  },
  {
    name: 'a row of the word null',
    text: withLines(102, (bar) => [`${bar.time},null,null,null,null,null`]),
    right: refused(/[Ll]ine 102\b.*"null"/s),
  },
  {
    name: 'a row of NaN',
    text: withLines(102, (bar) => [`${bar.time},NaN,NaN,NaN,NaN,0`]),
    right: refused(/[Ll]ine 102\b.*"NaN"/s),
  },

  // Other spans than a session.
  ...(['first', 'last', 'monday', 'sunday'] as const).map(
    (dated): BarCase => ({
      name: `weekly bars dated on the ${dated === 'first' || dated === 'last' ? `${dated} session` : dated}`,
      bars: 1_500,
      text: damaged(weekly(dated)),
      right: refused(/weekly/i),
    }),
  ),
  ...(['first', 'last'] as const).map(
    (dated): BarCase => ({
      name: `monthly bars dated on the ${dated === 'first' ? 'first of the month' : 'last session'}`,
      bars: 2_600,
      text: damaged(monthly(dated)),
      right: refused(/monthly/i),
    }),
  ),
  ...[-2, -1, 1, 2].map(
    (days): BarCase => ({
      name: `dates ${Math.abs(days)} ${Math.abs(days) === 1 ? 'day' : 'days'} ${days < 0 ? 'early' : 'late'}`,
      // So that the last date is not in the future.
      text: (good) => plainCsv(shiftedDates(days)(good.slice(0, -3))),
      right: refused(new RegExp(`${Math.abs(days) === 1 ? '(one|1|a) day' : '(two|2) days'}`, 'i')),
    }),
  ),

  // Units.
  ...[2, 3, 4, 10, 1 / 4, 1 / 10].map((ratio): BarCase => {
    const name = ratio > 1 ? `${ratio} for 1` : `1 for ${1 / ratio}`;
    return {
      name: `a split of ${name} that the history before is not adjusted for`,
      text: damaged(unadjustedSplit(ratio, MIDDLE)),
      // By 3 the market of the day decides on which side of the setting largest_move it falls.
      right: ratio === 2 ? noted(/2 for 1/) : ratio === 3 ? told(/3 for 1/) : refused(new RegExp(name)),
    };
  }),
  {
    name: 'a split of 3 for 2',
    text: damaged(unadjustedSplit(1.5, MIDDLE)),
    right: noted(/3 for 2/),
  },
  {
    name: 'a reverse split of 1 for 2',
    text: damaged(unadjustedSplit(0.5, MIDDLE)),
    right: noted(/1 for 2/),
  },
  {
    name: 'one bar times 100',
    text: damaged(scaled(100, MIDDLE, MIDDLE + 1)),
    right: refused(/100/),
  },
  {
    name: 'one close times 100, its high with it',
    text: damaged(changed(MIDDLE, ({ close }) => ({ close: close * 100, high: close * 100 }))),
    right: refused(/100/),
  },
  {
    name: 'the last bar divided by 100',
    text: damaged(scaled(0.01, 399)),
    right: refused(/100/),
  },
  {
    name: 'a stretch in another currency',
    text: damaged(scaled(1.6, MIDDLE, MIDDLE + 60)),
    right: told(/3 for 2|factor of 1\.[56]/),
  },

  // Rows and columns that came elsewhere.
  {
    name: 'a row there twice',
    text: (good) => plainCsv([...good.slice(0, 101), good[100], ...good.slice(101)]),
    right: refused(/twice/),
  },
  {
    name: 'two files joined that overlap',
    text: (good) => plainCsv([...good.slice(0, 250), ...good.slice(200)]),
    right: refused(/twice|after|order/),
  },
  {
    name: 'two files joined with the header between',
    text: (good) => `${plainCsv(good.slice(0, 200))}\n${plainCsv(good.slice(200))}`,
    right: refused(/202/),
  },
  {
    name: 'the prices of a stretch doubled under the dates behind',
    text: damaged(doubledPrices(100, 40)),
    right: told(/again|repeat/),
  },
  {
    name: 'high and low for one another',
    text: damaged(swappedColumns('high', 'low')),
    right: refused(/below low/),
  },
  {
    name: 'close and high for one another',
    text: damaged(swappedColumns('close', 'high')),
    right: refused(/above high/),
  },
  {
    name: 'closes in place of highs',
    text: damaged(copiedColumn('close', 'high')),
    right: refused(/above high|below/),
  },
  {
    name: 'opens in place of closes',
    text: damaged(copiedColumn('open', 'close')),
    right: told(/open/i),
  },
  {
    name: 'a price below 0',
    text: damaged(changed(MIDDLE, (bar) => ({ low: -bar.low }))),
    right: refused(/202.*-/s),
  },

  // Dates.
  {
    name: 'a bar on a Saturday',
    text: (good) =>
      plainCsv(
        good.flatMap((bar, i) =>
          // A Friday in a week without a holiday.
          good[i + 1] !== undefined && i > 150 && i < 156 && daysBetween(bar, good[i + 1]) === 3
            ? [bar, { ...scaledBar(bar, 1), time: nextDay(bar.time) }]
            : [bar],
        ),
      ),
    right: noted(/saturday|no session|calendar/i),
  },
  {
    name: 'sessions missing',
    text: damaged(dropped(MIDDLE, 3)),
    right: noted(/3 of the/),
  },
  {
    name: 'a year missing',
    bars: 700,
    text: damaged(dropped(100, 252)),
    right: noted(/252 of the/),
  },
  {
    name: 'a year written as another one',
    bars: 900,
    text: damaged(anotherYear('2025', '2024')),
    right: refused(/twice|after|order/),
  },
];

function nextDay(date: string): string {
  return new Date(Date.parse(`${date}T00:00:00Z`) + 86_400_000).toISOString().slice(0, 10);
}

function daysBetween(a: Bar, b: Bar): number {
  return (Date.parse(b.time) - Date.parse(a.time)) / 86_400_000;
}
