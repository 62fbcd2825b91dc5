import { newYorkException } from '../../src/shared/calendars/new-york-rules.ts';

/** The first and the last year that the database's calendar knows. */
export const CALENDAR_YEARS: readonly [number, number] = [1993, 2060];

const DAY = 86_400_000;

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
  where e.source = 'rules' and not exists (select from known k where k.session_date::date = e.session_date)
)
insert into public.calendar_exceptions as e (session_date, kind, reason, source)
select k.session_date::date, k.kind, k.reason, 'rules' from known k
on conflict (session_date, source) do update set kind = excluded.kind, reason = excluded.reason
where (e.kind, e.reason) is distinct from (excluded.kind, excluded.reason);
`;
}
