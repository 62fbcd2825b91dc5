import { z } from 'zod';
import { isDate } from '../../shared/calendars/civil-date.ts';
import { commaSeparated } from '../../shared/contracts/comma-separated.ts';
import { symbolSchema } from '../../shared/contracts/names.ts';

/** Rules of the command line itself; those of a contract give `invalid_input`. */
const OF_THE_COMMAND_LINE = { params: { code: 'invalid_argument' } };

/** Any text. */
export const text = z.string();

/** @param most default: any */
export function wholeNumber(least: number, most = Number.MAX_SAFE_INTEGER) {
  const range = most === Number.MAX_SAFE_INTEGER ? `of at least ${least}` : `from ${least} to ${most}`;
  return z
    .string()
    .refine((digits) => /^\d{1,15}$/.test(digits) && Number(digits) >= least && Number(digits) <= most, {
      ...OF_THE_COMMAND_LINE,
      message: `it is a whole number ${range}`,
    })
    .transform(Number);
}

/** One word, or what the schema takes. */
export function wordOr<const Word extends string, Value>(word: Word, schema: z.ZodType<Value, string>) {
  return z.string().transform((written, context): Word | Value => {
    if (written === word) return word;
    const parsed = schema.safeParse(written);
    if (parsed.success) return parsed.data;
    const [issue] = parsed.error.issues;
    const params = issue.code === 'custom' ? issue.params : undefined;
    context.addIssue({ code: 'custom', message: `${issue.message}, or ${word}`, params });
    return z.NEVER;
  });
}

/** `YYYY-MM-DD` */
export const civilDate = z.string().refine(isDate, {
  ...OF_THE_COMMAND_LINE,
  message: 'it is a day that exists, YYYY-MM-DD',
});

/** Entries by comma; one that is repeated counts once. */
export function listOf<Entry>(entry: z.ZodType<Entry, string>) {
  return commaSeparated(z.array(entry)).transform(unique<Entry>);
}

function unique<Entry>(entries: readonly Entry[]): readonly Entry[] {
  return [...new Set(entries)];
}

/** A symbol in upper or lower case. */
export const symbolName = z.string().toUpperCase().pipe(symbolSchema);

/** Symbols by comma, in upper or lower case; one that is repeated stays repeated. */
export const symbolEntries = commaSeparated(z.array(symbolName));

/** The same, each once. */
export const symbolList = symbolEntries.transform(unique);
