import { isDate } from '../../calendars/civil-date.ts';
import type { DataRefusal } from '../data-finding.ts';
import { INSTANT } from '../half-sessions.ts';
import type { BarColumns } from '../series.ts';

/** Dates that are there more than once from which on a file holds several bars a day, and not one too many. */
const SEVERAL = 10;

/** Times that are none, that are there twice, or that go back. What else is said of times takes that they are in order. */
export function disorderedTimes({ symbol, timeframe, times }: BarColumns): DataRefusal[] {
  const daily = timeframe === '1D';
  const bad = times.find((time) => (daily ? !isDate(time) : !INSTANT.test(time)));
  if (bad !== undefined) {
    const rule = daily ? 'a bar of 1D has a date YYYY-MM-DD' : `a bar of ${timeframe} has an instant`;
    return [refusal('invalid_date', `${symbol}: "${bad}" is no time of a bar: ${rule}`, bad)];
  }
  const doubled = times.filter((time, i) => i > 0 && time === times[i - 1]);
  if (doubled.length > 0) {
    const [first] = doubled;
    const message =
      daily && new Set(doubled).size >= SEVERAL
        ? `${symbol} has several bars on ${new Set(doubled).size} dates, the first ${first}: bars of 1D are one a session. Intraday bars ` +
          'must be joined to sessions first'
        : `${symbol} has ${first} twice: a bar is there once`;
    return [refusal('duplicate_date', message, first, doubled.length)];
  }
  const back = times.findIndex((time, i) => i > 0 && time < times[i - 1]);
  if (back < 0) return [];
  const message = `${symbol}: ${times[back]} comes after ${times[back - 1]}; bars go from oldest to newest`;
  return [refusal('disordered_date', message, times[back])];
}

function refusal(code: DataRefusal['code'], message: string, time: string, bars = 1): DataRefusal {
  return { severity: 'refuse', code, message, details: { time, bars } };
}
