import { NEW_YORK } from '../../../src/shared/calendars/built-in-calendars.ts';
import { isSession } from '../../../src/shared/calendars/sessions.ts';
import type { TradingCalendar } from '../../../src/shared/calendars/trading-calendar.ts';
import type { Bar } from '../../../src/shared/series/series.ts';
import { simulatedSeries } from '../../shared/models/simulated-series.ts';

const DAY = 86_400_000;

/** A date so many days after another one, `YYYY-MM-DD`. */
export function daysAfter(date: string, days: number): string {
  return new Date(Date.parse(`${date}T00:00:00Z`) + days * DAY).toISOString().slice(0, 10);
}

/** The last `count` sessions up to a date, oldest first. */
export function sessionsUpTo(until: string, count: number, calendar: TradingCalendar): string[] {
  const dates: string[] = [];
  for (let date = until; dates.length < count; date = daysAfter(date, -1))
    if (isSession(date, calendar)) dates.push(date);
  return dates.reverse();
}

/** Which bars {@link goodBars} makes. */
export interface GoodBarsOptions {
  readonly count: number;
  /** The last session is this date's or the last one before it. */
  readonly until: string;
  /** Default 1. */
  readonly seed?: number;
  /** Default: New York's. */
  readonly calendar?: TradingCalendar;
}

const cents = (price: number) => Math.round(price * 100) / 100;

/** Bars without a fault: simulated prices in cents on the sessions of a market, the same for the same seed. */
export function goodBars({ count, until, seed = 1, calendar = NEW_YORK }: GoodBarsOptions): Bar[] {
  const { open, high, low, close, volume } = simulatedSeries(seed, count);
  return sessionsUpTo(until, count, calendar).map((time, i) => ({
    ...{ time, open: cents(open[i]), high: cents(high[i]), low: cents(low[i]) },
    ...{ close: cents(close[i]), volume: volume[i] },
  }));
}
