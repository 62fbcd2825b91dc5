import { formatDate } from '../../calendars/civil-date.ts';
import { isSessionDay } from '../../calendars/sessions.ts';
import type { TradingCalendar } from '../../calendars/trading-calendar.ts';
import type { DataRefusal } from '../data-finding.ts';
import type { SessionDates } from './session-dates.ts';

/** How far bars of longer timeframes lie from one another, in days from the least to the most, and how many in a row tell them. */
const LONGER = [
  { code: 'weekly_bars', what: 'weekly bars', least: 5, most: 10, run: 6 },
  { code: 'monthly_bars', what: 'monthly bars', least: 26, most: 36, run: 5 },
  { code: 'sparse_bars', what: 'one bar a quarter', least: 85, most: 97, run: 4 },
] as const;
/** Bars in a row of which each lies two sessions or more after the one before: daily bars with gaps do not. */
const SPARSE_RUN = 12;

/** Bars of a longer timeframe under a daily name, in the whole series or a part of it. */
export function sparseBars(symbol: string, dates: SessionDates, calendar: TradingCalendar): DataRefusal[] {
  const { days } = dates;
  // Without gaps there is nothing to look for.
  if (dates.missing.length < 4) return [];
  for (const { code, what, least, most, run } of LONGER) {
    const parts = runs(days, run, (from, to) => to - from >= least && to - from <= most);
    if (parts.length > 0) return [refusal(symbol, code, what, days, parts)];
  }
  const parts = runs(days, SPARSE_RUN, (from, to) => {
    for (let day = from + 1; day < to; day++) if (isSessionDay(day, calendar)) return true;
    return false;
  });
  return parts.length > 0
    ? [refusal(symbol, 'sparse_bars', 'fewer than one bar a session', days, parts)]
    : [];
}

/** Ordinals of first and last of the bars in a row whose distances are all as asked, at least so many distances. */
function runs(days: readonly number[], least: number, fits: (from: number, to: number) => boolean) {
  const found: { readonly from: number; readonly to: number }[] = [];
  let from = 0;
  for (let i = 1; i <= days.length; i++) {
    if (i < days.length && fits(days[i - 1], days[i])) continue;
    if (i - 1 - from >= least) found.push({ from, to: i - 1 });
    from = i;
  }
  return found;
}

function refusal(
  symbol: string,
  code: (typeof LONGER)[number]['code'],
  what: string,
  days: readonly number[],
  parts: readonly { readonly from: number; readonly to: number }[],
): DataRefusal {
  const bars = parts.reduce((sum, { from, to }) => sum + to - from + 1, 0);
  const [first, last] = [formatDate(days[parts[0].from]), formatDate(days[parts[parts.length - 1].to])];
  return {
    severity: 'refuse',
    code,
    message: `${symbol} holds ${what} from ${first} to ${last} (${bars} of its ${days.length}), and 1D means one bar a session: give daily bars`,
    details: { bars, first, last },
  };
}
