import { requireHalfSession } from './half-sessions.ts';
import { type Bar, type BarColumns, columnsFromBars } from './series.ts';

/**
 * Bars of eight trading hours from half-session bars: each runs from one session's 13:30 in New York to the next one's, and
 * so holds an afternoon, the night and a first half. A forecast over `8h` from 13:30 is one step on them.
 *
 * - A bar ends with every first half: its close is the price at 13:30, or at 13:00 on a half day, where the only bar is the
 *   session's first. It holds the half sessions since the first half before it, so that no move is lost in a gap.
 * - After a half day there is no afternoon: the bar holds the next session's first half alone.
 * - Its time is the start of the half session that it ends with, which tells its end by the calendar alone: from the start
 *   of its first half session the end would not be known after a half day or across a gap.
 * - The first bar needs an afternoon: a first half at the very beginning of the series makes none. An afternoon at its end
 *   belongs to a bar that is not over.
 *
 * @param halves bars of timeframe `4h`, oldest first
 * @throws InvalidInputError `not_a_half_session` for a bar that is none
 */
export function eightHourBars(halves: readonly Bar[]): Bar[] {
  const bars: Bar[] = [];
  let parts: Bar[] = [];
  let begun = false;
  for (const half of halves) {
    parts.push(half);
    if (requireHalfSession(half.time).position === 'second') continue;
    if (begun || parts.length > 1) bars.push(joined(parts));
    begun = true;
    parts = [];
  }
  return bars;
}

/**
 * The series of {@link eightHourBars}.
 *
 * Twin: the SQL function `internal.derive_eight_hour_bars`, compared in test/end-to-end/half-sessions.test.ts.
 *
 * @throws InvalidInputError `not_a_half_session`
 */
export function eightHourSeries(halves: BarColumns): BarColumns {
  const bars = halves.times.map((time, i) => ({
    time,
    open: halves.open[i],
    high: halves.high[i],
    low: halves.low[i],
    close: halves.close[i],
    volume: Number.isNaN(halves.volume[i]) ? null : halves.volume[i],
  }));
  return columnsFromBars(halves.symbol, '8h', eightHourBars(bars));
}

/** One bar of several that follow one another. */
function joined(parts: readonly Bar[]): Bar {
  const last = parts[parts.length - 1];
  return {
    time: last.time,
    open: parts[0].open,
    high: Math.max(...parts.map(({ high }) => high)),
    low: Math.min(...parts.map(({ low }) => low)),
    close: last.close,
    volume: parts.reduce<number | null>(
      (sum, { volume }) => (sum === null || volume === null ? null : sum + volume),
      0,
    ),
  };
}
