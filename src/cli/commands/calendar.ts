import type { CalendarRule } from '../../shared/calendars/trading-calendar.ts';
import { parse } from '../../shared/contracts/parse.ts';
import { InvalidInputError } from '../../shared/errors/invalid-input-error.ts';
import type { PlumblineClient } from '../../shared/store/client.ts';
import { listCalendars } from '../../shared/store/list-calendars.ts';
import { unwrap } from '../../shared/store/unwrap.ts';
import { type CalendarChoice, calendarChoice, isCalendarPath } from '../calendars/calendar-choice.ts';
import { describeStored, type StoredCalendar, storeCalendarFile } from '../calendars/store-calendars.ts';
import { textTable } from '../text-table.ts';

/** What `set_calendar` answers. */
interface AssignedCalendar {
  readonly symbol: string;
  readonly calendar: string;
  readonly was: string;
  readonly changed: boolean;
}

/** What a command shows: JSON with `--json`, else the text. */
interface Shown {
  readonly document: unknown;
  readonly text: string;
}

/** How the list says which dates are sessions. */
const SESSIONS: Readonly<Record<CalendarRule, string>> = {
  new_york: "New York's",
  every_day: 'every day',
  weekdays: 'weekdays',
};

/**
 * `plumbline calendar`: without operands lists the calendars. `FILE.csv` uploads the closures that it lists, `SYMBOL=NAME` gives a symbol
 * its calendar; the files come first.
 *
 * @param actorOf who acts, for the log
 * @throws InvalidInputError `invalid_input` for an operand that is neither, as `readCalendarFile`; StoreError what `store_calendar`
 *   or `set_calendar` refuses
 */
export async function calendar(
  store: PlumblineClient,
  operands: readonly string[],
  actorOf: () => string,
): Promise<Shown> {
  if (operands.length === 0) return await list(store);
  const choices = operands.map((operand) => parse(calendarChoice, operand, 'An operand'));
  const paths = choices.flatMap(pathOf);
  const actor = actorOf();
  const stored: StoredCalendar[] = [];
  for (const path of paths) stored.push(await storeCalendarFile(store, path, actor));
  const assigned: AssignedCalendar[] = [];
  for (const [symbol, name] of choices.flatMap(({ bySymbol }) => [...bySymbol])) {
    const answer = await store.rpc('set_calendar', { p_symbol: symbol, p_calendar: name, p_actor: actor });
    assigned.push(unwrap(answer) as unknown as AssignedCalendar);
  }
  return {
    document: { stored, assigned },
    text: [...stored.map(describeStored), ...assigned.map(describeAssigned)].join('\n'),
  };
}

function pathOf({ others, bySymbol }: CalendarChoice): string[] {
  const path = [...bySymbol.values()].find(isCalendarPath);
  if (path !== undefined) {
    throw new InvalidInputError(
      'invalid_input',
      `${path} is a file: upload it first, as an operand of its own, then give its calendar to symbols by name`,
    );
  }
  if (others === undefined) return [];
  if (isCalendarPath(others)) return [others];
  throw new InvalidInputError(
    'invalid_input',
    `${others} alone says nothing: write SYMBOL=${others}, or ${others}.csv to upload a file`,
  );
}

function describeAssigned({ symbol, calendar, was, changed }: AssignedCalendar): string {
  return changed ? `${symbol}: ${calendar} (was ${was})` : `${symbol}: ${calendar}, as it was`;
}

async function list(store: PlumblineClient): Promise<Shown> {
  const listed = await Promise.all(
    (await listCalendars(store)).map(async (each) => ({
      ...each,
      exceptions: [...each.exceptions],
      symbols: await countSymbols(store, each.name),
    })),
  );
  return {
    document: { calendars: listed },
    text: textTable(
      ['calendar', 'sessions', 'close', 'half days', 'known', 'exceptions', 'symbols'],
      listed.map((each) => [
        each.name,
        SESSIONS[each.rule],
        `${each.close} ${each.timeZone}`,
        each.halfDayClose ?? '',
        `${each.knownFrom} to ${each.knownUntil}`,
        String(each.exceptions.length),
        String(each.symbols),
      ]),
    ),
  };
}

/** How many symbols go by a calendar: there may be more than one answer of the Data API lists. */
async function countSymbols(store: PlumblineClient, name: string): Promise<number> {
  const answer = await store
    .from('symbols')
    .select('id', { count: 'exact', head: true })
    .eq('calendar', name);
  return unwrap({ ...answer, data: answer.count });
}
