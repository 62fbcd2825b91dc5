import { withoutKeys } from './without-keys.ts';

/** One JSON line on the function's log. Figures and names only: never a key, a token or a body. */
export function log(event: string, fields: Readonly<Record<string, unknown>> = {}): void {
  console.log(JSON.stringify({ event, ...fields }));
}

/** The same for an error, with its stack, without what looks like a key. */
export function logError(event: string, error: unknown): void {
  const { name, message, stack } = error instanceof Error ? error : new Error(String(error));
  console.error(
    JSON.stringify({
      event,
      error: name,
      message: withoutKeys(message),
      stack: stack === undefined ? undefined : withoutKeys(stack),
    }),
  );
}
