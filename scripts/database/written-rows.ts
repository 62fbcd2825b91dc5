import { calendarRows, tradingCalendarRows } from './calendar-rows.ts';
import { monitoringQueryRows } from './monitoring-query-rows.ts';

/** The files of `supabase/schemas` whose rows are written from elsewhere in the project, with what they must hold. */
export function writtenRows(projectDirectory: string): ReadonlyMap<string, string> {
  return new Map([
    ['supabase/schemas/calendar/rows/calendars.sql', tradingCalendarRows()],
    ['supabase/schemas/calendar/rows/calendar_exceptions.sql', calendarRows()],
    ['supabase/schemas/query-health/rows/monitoring_queries.sql', monitoringQueryRows(projectDirectory)],
  ]);
}
