import type { z } from 'zod';
import { InvalidInputError } from '../errors/invalid-input-error.ts';

/**
 * Parses foreign input with a schema.
 *
 * @param what names the input in the error, e.g. `The request body`
 * @throws InvalidInputError `invalid_input`: the message names each offending field (at most five), its value's rule
 */
export function parse<Schema extends z.ZodType>(
  schema: Schema,
  input: unknown,
  what: string,
): z.output<Schema> {
  const outcome = schema.safeParse(input);
  if (outcome.success) return outcome.data;
  const issues = outcome.error.issues.slice(0, 5).map((issue) => {
    const path = pathOf(issue.path, input);
    const field = path === '' ? '' : `${path}: `;
    // The keys are named already, and the object around them says no more.
    if (issue.code === 'unrecognized_keys') return `${field}${issue.message}`;
    // What was given follows in our words.
    const rule = issue.message.replace(/, received .+$/, '');
    return `${field}${rule}, not ${describe(issue.path.reduce(inside, input))}`;
  });
  throw new InvalidInputError('invalid_input', `${what} is not valid: ${issues.join('; ')}`, { issues });
}

/** The keys to a value by dots; a bar of a list is named by its time and not by its place. */
function pathOf(path: readonly PropertyKey[], input: unknown): string {
  let value = input;
  return path
    .map((key, depth) => {
      value = inside(value, key);
      const isLast = depth === path.length - 1;
      return (typeof key === 'number' && !isLast && timeOf(value)) || String(key);
    })
    .join('.');
}

/** The time of what may be a bar, in the names that providers give it. */
function timeOf(value: unknown): string | undefined {
  const { time, date, t } = (value ?? {}) as Record<string, unknown>;
  const text = time ?? date ?? t;
  return typeof text === 'string' && /^\d{4}-\d{2}-\d{2}/.test(text) ? text.slice(0, 16) : undefined;
}

function inside(value: unknown, key: PropertyKey): unknown {
  return (value as Record<PropertyKey, unknown> | null | undefined)?.[key];
}

/** A value in a few words: what was given, without repeating all of it. */
function describe(value: unknown): string {
  if (Array.isArray(value)) return `a list of ${value.length}`;
  if (value === undefined) return 'nothing';
  // Not written out: an object may be nested deeper than the stack of JSON.stringify reaches.
  if (typeof value === 'object' && value !== null) return `an object of ${Object.keys(value).length}`;
  const text = JSON.stringify(value) ?? String(value);
  return text.length <= 60 ? text : `${text.slice(0, 57)}...`;
}

/**
 * Parses JSON text, then its value with a schema.
 *
 * @throws InvalidInputError `malformed_json`, `invalid_input`
 */
export function parseJson<Schema extends z.ZodType>(
  schema: Schema,
  text: string,
  what: string,
): z.output<Schema> {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (cause) {
    throw new InvalidInputError('malformed_json', `${what} is not JSON: ${(cause as Error).message}`);
  }
  return parse(schema, value, what);
}
