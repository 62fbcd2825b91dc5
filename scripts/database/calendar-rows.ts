import { BUILT_IN_CALENDARS, NEW_YORK } from '../../src/shared/calendars/built-in-calendars.ts';
import { newYorkException } from '../../src/shared/calendars/new-york-rules.ts';

const DAY = 86_400_000;

/** The statement that makes `calendars` hold those of the code as they are now. What operators uploaded stays beside them. */
export function tradingCalendarRows(): string {
  const literal = (value: string | null) => (value === null ? 'null' : `'${value}'`);
  const rows = BUILT_IN_CALENDARS.map(
    ({ name, rule, timeZone, close, halfDayClose, knownFrom, knownUntil }) => {
      const values = [name, rule, timeZone, close, halfDayClose, knownFrom, knownUntil, 'rules'];
      return `  (${values.map(literal).join(', ')})`;
    },
  );
  return `-- Written by npm run build:rows from the trading calendars of the code. Do not edit: change them and write it again.
insert into public.calendars (name, rule, time_zone, close_time, half_day_close, known_from, known_until, source) values
${rows.join(',\n')}
on conflict (name) do update set
  rule = excluded.rule, time_zone = excluded.time_zone, close_time = excluded.close_time, half_day_close = excluded.half_day_close,
  known_from = excluded.known_from, known_until = excluded.known_until, source = excluded.source;
`;
}

/**
 * The statement that makes `calendar_exceptions` what New York's calendar says: every holiday, unscheduled closure and half day of
 * the dates that it knows. What operators announced stays beside it.
 */
export function calendarRows(): string {
  const { knownFrom, knownUntil } = NEW_YORK;
  const rows: string[] = [];
  for (let time = Date.parse(knownFrom); time <= Date.parse(knownUntil); time += DAY) {
    const date = new Date(time).toISOString().slice(0, 10);
    const exception = newYorkException(date);
    if (exception === null) continue;
    rows.push(`  ('${date}', '${exception.kind}', '${exception.reason.replaceAll("'", "''")}')`);
  }
  return `-- Written by npm run build:rows from src/shared/calendars/new-york-rules.ts: the New York Stock Exchange's holidays,
-- unscheduled closures and half days from ${knownFrom.slice(0, 4)} to ${knownUntil.slice(0, 4)}. Do not edit: change the calendar and write it again.
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
