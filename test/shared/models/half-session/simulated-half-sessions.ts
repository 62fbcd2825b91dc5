import exp from '@stdlib/math-base-special-exp';
import { NEW_YORK } from '../../../../src/shared/calendars/built-in-calendars.ts';
import { nextSession } from '../../../../src/shared/calendars/sessions.ts';
import { studentTQuantile } from '../../../../src/shared/numerics/distributions/student-t.ts';
import { SeededRandom } from '../../../../src/shared/numerics/random.ts';
import { halfSessions, type SessionPosition } from '../../../../src/shared/series/half-sessions.ts';
import type { Series } from '../../../../src/shared/series/series.ts';
import { uncheckedSeries } from '../../series/unchecked-series.ts';

export interface HalfSessionShape {
  /** Volatility of the first half over that of the second; default 2.5. */
  readonly ratio?: number;
  /** The session before the first bar's; default 2021-01-04. */
  readonly after?: string;
  /** Degrees of freedom of each half's shocks, Student t of variance 1; default normal shocks. */
  readonly degrees?: Readonly<Record<SessionPosition, number>>;
  /** From this bar on the second half moves twice as much as before; default never. */
  readonly secondDoublesFrom?: number;
}

/**
 * Half-session bars of consecutive sessions (half days among them) with clustered volatility that is `ratio` times as large in the
 * first half, the night before it included; the same for the same seed. Log returns have a standard deviation of about 1 %.
 */
export function simulatedHalfSessions(
  seed: number,
  bars: number,
  {
    ratio = 2.5,
    after = '2021-01-04',
    degrees,
    secondDoublesFrom = Number.POSITIVE_INFINITY,
  }: HalfSessionShape = {},
): Series {
  const random = new SeededRandom(seed);
  const column = () => new Float64Array(bars);
  const times: string[] = [];
  const series = uncheckedSeries({
    symbol: `SIM${seed}`,
    timeframe: '4h',
    times,
    ...{ open: column(), high: column(), low: column(), close: column(), volume: column() },
  });
  const factors = { first: Math.sqrt(ratio), second: 1 / Math.sqrt(ratio) };
  let price = 100;
  let variance = 1e-4;
  for (let date = nextSession(after, NEW_YORK); times.length < bars; date = nextSession(date, NEW_YORK)) {
    for (const { start, position } of halfSessions(date).slice(0, bars - times.length)) {
      const i = times.length;
      times.push(start);
      const doubled = position === 'second' && i >= secondDoublesFrom;
      const scale = factors[position] * Math.sqrt(variance) * (doubled ? 2 : 1);
      const shock = degrees === undefined ? random.normal() : studentT(random, degrees[position]);
      variance = 4e-6 + variance * (0.08 * shock * shock + 0.88);
      const open = price * exp(0.3 * scale * random.normal());
      const close = price * exp(0.0002 + scale * shock);
      series.open[i] = open;
      series.close[i] = close;
      series.high[i] = Math.max(open, close) * exp(0.5 * scale * random.uniform());
      series.low[i] = Math.min(open, close) * exp(-0.5 * scale * random.uniform());
      series.volume[i] = Math.floor(1e6 * (position === 'first' ? 2 : 1) * (1 + random.uniform()));
      price = close;
    }
  }
  return series;
}

/** A deviate of variance 1. */
function studentT(random: SeededRandom, degrees: number): number {
  return Math.sqrt((degrees - 2) / degrees) * studentTQuantile(1e-4 + 0.9998 * random.uniform(), degrees);
}

/** A series as the text of a CSV file. */
export function csvOf(series: Series): string {
  const rows = series.times.map((time, i) =>
    [time, series.open[i], series.high[i], series.low[i], series.close[i], series.volume[i]].join(','),
  );
  return ['date,open,high,low,close,volume', ...rows].join('\n');
}
