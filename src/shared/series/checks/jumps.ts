import ln from '@stdlib/math-base-special-ln';
import { parseDate } from '../../calendars/civil-date.ts';
import type { DataNote } from '../data-finding.ts';
import type { BarColumns } from '../series.ts';
import { describeSplit, likelySplit } from '../splits.ts';

/** The smallest factor that is looked at. */
const LEAST_FACTOR = 1.15;
/** Bars on either side that tell how much the price usually moves, and how few of them do not. */
const NEIGHBOURS = 60;
const LEAST_NEIGHBOURS = 20;
/** How many of its usual moves a price jumps at least; without volumes, which tell news from a change of units, more. */
const LEAST_SCALES = 6;
const LEAST_SCALES_WITHOUT_VOLUME = 12;
/** No news moves a price as far, whatever the volume: 19 is the most of 1990 to 2025. */
const BEYOND_NEWS = 25;
/** News trades several times the usual volume. Of real jumps by 1.15 and more none comes with less than 3. */
const QUIET_VOLUME = 2.5;
const VOLUME_BARS = 20;
/** How many usual moves off a split's ratio a price may open. */
const LIKENESS = 2.5;
/** Median of a normal's absolute value. */
const MEDIAN_TO_SCALE = 0.6745;

/**
 * Prices that jump overnight, by far more than they usually move, on a day that trades as other days do: the unit or the adjustment changes
 * there. A jump near the ratio of a split is named as one. What goes beyond the largest move that is believed is refused elsewhere.
 *
 * @param largest the factor
 */
export function jumps(bars: BarColumns, largest: number): DataNote[] {
  const { symbol, times, open, close } = bars;
  const notes: DataNote[] = [];
  for (let i = 1; i < times.length; i++) {
    const before = close[i - 1];
    const [gap, move] = [open[i] / before, close[i] / before];
    if (factorOf(gap) < LEAST_FACTOR || factorOf(move) < LEAST_FACTOR || gap > 1 !== move > 1) continue;
    if (factorOf(move) > largest) continue;
    const daily = usualMove(close, i);
    if (daily === null) continue;
    const usual = daily * Math.sqrt(sessionsBetween(times[i - 1], times[i]));
    const scales = Math.abs(ln(gap)) / usual;
    const volume = relativeVolume(bars.volume, i);
    if (scales < (volume === null ? LEAST_SCALES_WITHOUT_VOLUME : LEAST_SCALES)) continue;
    // What is split is traded in more pieces.
    const isQuiet = volume === null || volume <= QUIET_VOLUME * Math.max(1, 1 / gap);
    if (!isQuiet && scales < BEYOND_NEWS) continue;
    const split = likelySplit(gap, LIKENESS * usual);
    const factor = factorOf(gap);
    const from = `${symbol} jumps at ${times[i]} from a close of ${before} to an open of ${open[i]}, by a factor of ${factor.toPrecision(4)}`;
    notes.push({
      severity: 'note',
      code: split === null ? 'unexplained_jump' : 'likely_split',
      message:
        split === null
          ? `${from}, ${Math.round(scales)} times its usual move${isQuiet && volume !== null ? ' and without the volume of news' : ''}: the unit or the adjustment may change there`
          : `${from}: it looks like ${describeSplit(split)}`,
      details: {
        time: times[i],
        factor,
        ...(split === null ? {} : { split: `${split.shares}:${split.for}` }),
      },
    });
  }
  return notes;
}

function factorOf(ratio: number): number {
  return ratio > 1 ? ratio : 1 / ratio;
}

/** About how many, so that a price may move further over a gap. */
function sessionsBetween(before: string, time: string): number {
  const days = parseDate(time.slice(0, 10)) - parseDate(before.slice(0, 10));
  return Math.max(1, Math.round((days * 5) / 7));
}

/** The scale of the log returns around a bar, without its own; null where there are too few. */
function usualMove(close: Float64Array, bar: number): number | null {
  const moves: number[] = [];
  const to = Math.min(close.length - 1, bar + NEIGHBOURS);
  for (let i = Math.max(1, bar - NEIGHBOURS); i <= to; i++) {
    if (i !== bar) moves.push(Math.abs(ln(close[i] / close[i - 1])));
  }
  if (moves.length < LEAST_NEIGHBOURS) return null;
  return median(moves) / MEDIAN_TO_SCALE;
}

/** The volume over the usual one before; null where there are no volumes. */
function relativeVolume(volume: Float64Array, bar: number): number | null {
  const before = Array.from(volume.subarray(Math.max(0, bar - VOLUME_BARS), bar)).filter(
    (value) => value > 0,
  );
  return before.length < VOLUME_BARS / 2 || !(volume[bar] > 0) ? null : volume[bar] / median(before);
}

function median(values: number[]): number {
  values.sort((a, b) => a - b);
  return values[values.length >> 1];
}
