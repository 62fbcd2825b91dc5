import { z } from 'zod';
import { CALENDAR_RULES, type TradingCalendar } from '../calendars/trading-calendar.ts';
import { isTimeZone } from '../calendars/zoned-time.ts';

const timeOfDay = z
  .string()
  .regex(/^([01]\d|2[0-3]):[0-5]\d$|^24:00$/, 'a time of day is HH:MM, from 00:00 to 24:00');

/** What sets a date apart from the calendar's rule. */
export const calendarExceptionKindSchema = z.enum(['closed', 'half_day'], 'a kind is closed or half_day');

/** The name of a calendar. Those that somebody uploads are upper case, as the operating MICs of exchanges are. */
export const calendarNameSchema = z
  .string()
  .regex(
    /^(24\/7|[A-Za-z0-9][A-Za-z0-9._-]{0,31})$/,
    'a calendar is XNYS, 24/7, weekdays or the name of an uploaded one, up to 32 of letters, digits, ".", "_" and "-"',
  );

/** A calendar as the SQL functions `bar_rules` and `list_calendars` give it. */
const storedCalendarSchema = z.object({
  name: calendarNameSchema,
  rule: z.enum(CALENDAR_RULES),
  time_zone: z.string().refine(isTimeZone, 'a time zone is an IANA name such as Europe/Paris'),
  close: timeOfDay,
  half_day_close: timeOfDay.nullable(),
  known_from: z.iso.date(),
  known_until: z.iso.date(),
  exceptions: z.array(z.tuple([z.iso.date(), calendarExceptionKindSchema])),
});

/** The same as a {@link TradingCalendar}. */
const calendarSchema = storedCalendarSchema.transform(
  (stored): TradingCalendar => ({
    name: stored.name,
    rule: stored.rule,
    timeZone: stored.time_zone,
    close: stored.close,
    halfDayClose: stored.half_day_close,
    knownFrom: stored.known_from,
    knownUntil: stored.known_until,
    exceptions: new Map(stored.exceptions),
  }),
);

/** What the SQL function `bar_rules` answers of a symbol. */
export const barRulesSchema = z
  .object({
    largest_move: z.number().gt(1),
    calendar: calendarSchema,
    closes_only: z.boolean().default(false),
  })
  .transform(({ largest_move, calendar, closes_only }) => ({
    largestMove: largest_move,
    calendar,
    ...(closes_only && { closesOnly: true }),
  }));

/** What the SQL function `list_calendars` answers. */
export const calendarListSchema = z.array(calendarSchema);
