import { oneLine } from '../../../src/shared/wording/one-line.ts';
import { withoutKeys } from './without-keys.ts';

/** One JSON line on the function's log. Figures and names only: never a key, a token or a body. */
export function log(event: string, fields: Readonly<Record<string, unknown>> = {}): void {
  console.log(line({ event, ...fields }));
}

/** The same for an error, with its stack, without what looks like a key. */
export function logError(event: string, error: unknown): void {
  const { name, message, stack } = error instanceof Error ? error : new Error(String(error));
  console.error(
    line({
      event,
      error: name,
      message: withoutKeys(message),
      stack: stack === undefined ? undefined : withoutKeys(stack).split('\n'),
    }),
  );
}

/** As JSON on one line, with no character in its texts that a terminal or a log's reader acts on. */
function line(fields: Readonly<Record<string, unknown>>): string {
  const json = JSON.stringify(fields, (_, value) => (typeof value === 'string' ? oneLine(value) : value));
  // Names of fields too.
  return oneLine(json, Number.POSITIVE_INFINITY);
}
