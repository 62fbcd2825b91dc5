import { z } from 'zod';
import { calendarNameSchema } from '../../shared/contracts/calendar.ts';
import { symbolSchema } from '../../shared/contracts/names.ts';
import { InvalidInputError } from '../../shared/errors/invalid-input-error.ts';

/** What `--calendar` says: names of calendars, or paths of calendar files. */
export interface CalendarChoice {
  readonly bySymbol: ReadonlyMap<string, string>;
  /** Of every other symbol; undefined: its own. */
  readonly others: string | undefined;
}

/** `NAME`, `SYMBOL=NAME` or several by comma. */
export const calendarChoice = z.string().transform((text, context): CalendarChoice => {
  const bySymbol = new Map<string, string>();
  let others: string | undefined;
  const refuse = (message: string) => context.addIssue({ code: 'custom', message });
  for (const entry of text.split(',').map((each) => each.trim())) {
    const [calendar, symbol] = entry.split('=').reverse();
    const name = nameOf(calendar);
    if (name === undefined) {
      refuse(`"${entry}": ${calendarNameSchema.safeParse(calendar).error!.issues[0].message}, or a FILE.csv`);
    } else if (symbol === undefined && others === undefined) others = name;
    else if (symbol === undefined)
      refuse(`"${others}" and "${name}" are both for all symbols: write SYMBOL=NAME`);
    else {
      const parsed = symbolSchema.safeParse(symbol.toUpperCase());
      if (!parsed.success) refuse(`"${symbol}": ${parsed.error.issues[0].message}`);
      else if (bySymbol.has(parsed.data)) refuse(`${parsed.data} is there twice`);
      else bySymbol.set(parsed.data, name);
    }
  }
  return { bySymbol, others };
});

/** Is this the path of a calendar file and not a calendar's name? */
export function isCalendarPath(name: string): boolean {
  return name.toLowerCase().endsWith('.csv');
}

/** The calendar that is chosen for a symbol; undefined when none is. */
export function chosenCalendar(choice: CalendarChoice | undefined, symbol: string): string | undefined {
  return choice?.bySymbol.get(symbol) ?? choice?.others;
}

/** @throws InvalidInputError `invalid_argument` when `--calendar` names a symbol of which there is no file among these */
export function requireChosenSymbols(
  choice: CalendarChoice | undefined,
  files: readonly { readonly symbol: string }[],
): void {
  const symbols = [...new Set(files.map(({ symbol }) => symbol))];
  const stray = [...(choice?.bySymbol.keys() ?? [])].find((symbol) => !symbols.includes(symbol));
  if (stray === undefined) return;
  throw new InvalidInputError(
    'invalid_argument',
    `--calendar names ${stray}, of which there are no bars here: the symbols are ${symbols.join(', ')}`,
    { symbol: stray },
  );
}

/** As it is written for a path; the names that are built in may be written in any case. */
function nameOf(text: string): string | undefined {
  if (isCalendarPath(text)) return text;
  const name = text.toLowerCase() === 'weekdays' ? 'weekdays' : text.toUpperCase();
  return calendarNameSchema.safeParse(name).success ? name : undefined;
}
