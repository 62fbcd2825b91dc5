import { inspect } from 'node:util';
import { PlumblineError } from '../shared/errors/plumbline-error.ts';
import { oneLine } from '../shared/wording/one-line.ts';
import { tell } from './print.ts';

/** Says what went wrong on standard error, in one line where the error is a known one, and ends with status 1. */
export function exitWithError(error: unknown): void {
  tell(describe(error));
  process.exitCode = 1;
}

function describe(error: unknown): string {
  if (error instanceof PlumblineError) return `error: ${error.code}: ${onOneLine(error.message)}`;
  // What the file system refuses names its code and path itself: no mistake of this program that a stack would help with.
  if (error instanceof Error && 'syscall' in error && 'path' in error)
    return `error: ${onOneLine(error.message)}`;
  return inspect(error);
}

function onOneLine(message: string): string {
  return oneLine(message, Number.POSITIVE_INFINITY);
}
