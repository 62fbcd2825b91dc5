import { newYorkException } from '../../src/shared/calendars/new-york-rules.ts';

/** The first and the last year that the database's calendar knows. */
export const CALENDAR_YEARS: readonly [number, number] = [1993, 2060];

const DAY = 86_400_000;

/** The calendars that are code; the others are uploaded. */
const CALENDARS = [
  ['XNYS', 'new_york', 'America/New_York', '16:00', '13:00', ...CALENDAR_YEARS.map(edge)],
  ['24/7', 'every_day', 'UTC', '24:00', null, '1800-01-01', '2199-12-31'],
  ['weekdays', 'weekdays', 'America/New_York', '17:00', null, '1800-01-01', '2199-12-31'],
] as const;

/** The statement that makes `calendars` hold those of the code as they are now. What operators uploaded stays beside them. */
export function tradingCalendarRows(): string {
  const literal = (value: string | null) => (value === null ? 'null' : `'${value}'`);
  const rows = CALENDARS.map((values) => `  (${values.map(literal).join(', ')}, 'rules')`);
  return `-- Written by npm run build:rows from the trading calendars of the code. Do not edit: change them and write it again.
insert into public.calendars (name, rule, time_zone, close_time, half_day_close, known_from, known_until, source) values
${rows.join(',\n')}
on conflict (name) do update set
  rule = excluded.rule, time_zone = excluded.time_zone, close_time = excluded.close_time, half_day_close = excluded.half_day_close,
  known_from = excluded.known_from, known_until = excluded.known_until, source = excluded.source;
`;
}

function edge(year: number, place: number): string {
  return `${year}-${place === 0 ? '01-01' : '12-31'}`;
}

/**
 * The statement that makes `calendar_exceptions` what the TypeScript calendar says: every holiday, unscheduled closure and half
 * day of `CALENDAR_YEARS`. What operators announced stays beside it.
 */
export function calendarRows(): string {
  const [first, last] = CALENDAR_YEARS;
  const rows: string[] = [];
  for (let time = Date.UTC(first, 0, 1); time <= Date.UTC(last, 11, 31); time += DAY) {
    const date = new Date(time).toISOString().slice(0, 10);
    const exception = newYorkException(date);
    if (exception === null) continue;
    rows.push(`  ('${date}', '${exception.kind}', '${exception.reason.replaceAll("'", "''")}')`);
  }
  return `-- Written by npm run build:rows from src/shared/calendars/new-york-rules.ts: the New York Stock Exchange's holidays,
-- unscheduled closures and half days from ${first} to ${last}. Do not edit: change the calendar and write it again.
with known (session_date, kind, reason) as (values
${rows.join(',\n')}
), forgotten as (
  delete from public.calendar_exceptions e
  where e.calendar = 'XNYS' and e.source = 'rules' and not exists (select from known k where k.session_date::date = e.session_date)
)
insert into public.calendar_exceptions as e (calendar, session_date, kind, reason, source)
select 'XNYS', k.session_date::date, k.kind, k.reason, 'rules' from known k
on conflict (calendar, session_date, source) do update set kind = excluded.kind, reason = excluded.reason
where (e.kind, e.reason) is distinct from (excluded.kind, excluded.reason);
`;
}
