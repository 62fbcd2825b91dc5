import type { TradingCalendar } from '../calendars/trading-calendar.ts';
import { calendarListSchema } from '../contracts/calendar.ts';
import { parse } from '../contracts/parse.ts';
import type { PlumblineClient } from './client.ts';
import { unwrap } from './unwrap.ts';

/** All calendars, those of the code first. @throws StoreError */
export async function listCalendars(client: PlumblineClient): Promise<readonly TradingCalendar[]> {
  return parse(calendarListSchema, unwrap(await client.rpc('list_calendars')), 'The list of calendars');
}
