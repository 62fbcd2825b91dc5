import type { PlumblineClient } from '../../shared/store/client.ts';
import { unwrap } from '../../shared/store/unwrap.ts';
import { counted } from '../../shared/wording/counted.ts';
import { type CalendarChoice, isCalendarPath } from './calendar-choice.ts';
import { readCalendarFile } from './calendar-file.ts';

/** What `store_calendar` answers. */
export interface StoredCalendar {
  readonly calendar: string;
  readonly is_new: boolean;
  /** The closures that it has now. */
  readonly closures: number;
  readonly added: number;
  readonly changed: number;
  readonly removed: number;
  /** Its time zone, closes or dates changed. */
  readonly redefined: boolean;
}

/**
 * Uploads a calendar file: its calendar is what the file says from now on.
 *
 * @param actor who acts, for the log
 * @throws InvalidInputError as {@link readCalendarFile}; StoreError what `store_calendar` refuses
 */
export async function storeCalendarFile(
  store: PlumblineClient,
  path: string,
  actor: string,
): Promise<StoredCalendar> {
  const { calendar, closures } = readCalendarFile(path);
  const answer = await store.rpc('store_calendar', {
    p_name: calendar.name,
    p_rule: calendar.rule,
    p_time_zone: calendar.timeZone,
    p_close: calendar.close,
    // Optional in the types of the client, which cannot say that null is a value.
    p_half_day_close: calendar.halfDayClose as string,
    p_known_from: calendar.knownFrom,
    p_known_until: calendar.knownUntil,
    p_closures: closures.map(({ date, kind, reason }) => [date, kind, ...(reason === '' ? [] : [reason])]),
    p_actor: actor,
  });
  return unwrap(answer) as unknown as StoredCalendar;
}

/** One line for people. */
export function describeStored(stored: StoredCalendar): string {
  const { calendar, is_new, closures, added, changed, removed, redefined } = stored;
  const changes = [
    ...(is_new ? ['new'] : [`${added} added, ${changed} changed, ${removed} removed`]),
    ...(redefined ? ['its hours or dates changed'] : []),
  ];
  return `Calendar ${calendar}: ${counted(closures, 'closure')} (${changes.join('; ')})`;
}

/**
 * Reads the calendar files that `--calendar` names, so that a fault is told before anything starts.
 *
 * @throws InvalidInputError as {@link readCalendarFile}
 */
export function requireCalendarFiles(choice: CalendarChoice | undefined): void {
  for (const path of pathsOf(choice)) readCalendarFile(path);
}

/**
 * Uploads the calendar files that `--calendar` names.
 *
 * @param actor who acts, for the log
 * @param say gets a line a file
 * @returns the choice with the calendars' names for the files' paths
 * @throws as {@link storeCalendarFile}
 */
export async function storeChosenCalendars(
  store: PlumblineClient,
  choice: CalendarChoice | undefined,
  actor: string,
  say: (line: string) => void,
): Promise<CalendarChoice | undefined> {
  const names = new Map<string, string>();
  for (const path of pathsOf(choice)) {
    const stored = await storeCalendarFile(store, path, actor);
    say(describeStored(stored));
    names.set(path, stored.calendar);
  }
  if (choice === undefined || names.size === 0) return choice;
  const named = (name: string) => names.get(name) ?? name;
  return {
    bySymbol: new Map([...choice.bySymbol].map(([symbol, name]) => [symbol, named(name)])),
    others: choice.others === undefined ? undefined : named(choice.others),
  };
}

function pathsOf(choice: CalendarChoice | undefined): string[] {
  const names = [...(choice?.bySymbol.values() ?? []), choice?.others];
  return [...new Set(names)].filter((name) => name !== undefined && isCalendarPath(name)) as string[];
}
