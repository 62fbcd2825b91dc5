import { formatDate } from '../../calendars/civil-date.ts';
import { isWeekend } from '../../calendars/nth-weekday.ts';
import type { TradingCalendar } from '../../calendars/trading-calendar.ts';
import { firstOf } from '../../wording/first-of.ts';
import type { DataRefusal } from '../data-finding.ts';
import type { BarColumns } from '../series.ts';
import { misfit, type SessionDates, sessionDates } from './session-dates.ts';

/** Share of dates and sessions that do not agree, up to which a calendar fits: a feed lacks a holiday here and there. */
const FITS = 0.01;
/** How many times better another calendar must fit to be named. */
const BETTER = 4;
/** Dates without a session from which on bars are of another market, and not stray; and as a share of all. */
const STRAY_DATES = 2;
const STRAY_SHARE = 0.01;
/** Dates below which nothing is said of a calendar that merely has more sessions. */
const LEAST_DATES = 20;
/** Dates that a message names at most. */
const NAMED = 3;

/** Bars of a market with another calendar; the one that fits is named where it is among the known ones. */
export function otherCalendar(
  { symbol, times }: BarColumns,
  dates: SessionDates,
  calendar: TradingCalendar,
  known: readonly TradingCalendar[],
): DataRefusal[] {
  const stray = dates.off.length <= STRAY_DATES || dates.off.length <= STRAY_SHARE * dates.days.length;
  const share = misfit(dates);
  const isClose = dates.days.length < LEAST_DATES || share <= 2 * FITS;
  if (stray && isClose) return [];

  const better = known
    .filter(({ name }) => name !== calendar.name)
    .map((other) => ({ other, share: shareOf(times, other, dates) }))
    .sort((a, b) => a.share - b.share)
    .find((candidate) => candidate.share <= FITS && candidate.share * BETTER <= share);
  if (stray && better === undefined && !lacksWeekends(dates, calendar)) return [];

  const found =
    dates.off.length > STRAY_DATES
      ? `${dates.off.length} of the ${dates.days.length} dates of ${symbol} are no session of ${calendar.name} (${firstOf(dates.off.map(formatDate), NAMED)})`
      : `${symbol} lacks ${dates.missing.length} of the ${dates.days.length - dates.off.length + dates.missing.length} sessions of ${calendar.name}`;
  const advice =
    better === undefined
      ? `: they are of another market, and none of the calendars ${known.map(({ name }) => name).join(', ')} fits. List the market's closures in a file and name it with --calendar`
      : `, and the dates fit the calendar ${better.other.name}: set it with --calendar ${better.other.name}`;
  return [
    {
      severity: 'refuse',
      code: 'other_calendar',
      message: `${found}${advice}`,
      details: {
        calendar: calendar.name,
        fits: better?.other.name ?? null,
        off: dates.off.length,
        missing: dates.missing.length,
        bars: dates.days.length,
      },
    },
  ];
}

/** Whether bars of a calendar with a session every day have none at weekends. */
function lacksWeekends({ days }: SessionDates, { rule }: TradingCalendar): boolean {
  return rule === 'every_day' && !days.some(isWeekend);
}

/** 1 where a calendar knows too few of the dates to be judged by them. */
function shareOf(times: readonly string[], calendar: TradingCalendar, { days }: SessionDates): number {
  const own = sessionDates(times, calendar);
  return own.days.length < days.length / 2 ? 1 : misfit(own);
}
