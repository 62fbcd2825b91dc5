import { PlumblineError } from '../shared/errors/plumbline-error.ts';

/** Says what went wrong on standard error, in one line where the error is a known one, and ends with status 1. */
export function exitWithError(error: unknown): void {
  console.error(describe(error));
  process.exitCode = 1;
}

function describe(error: unknown): unknown {
  if (error instanceof PlumblineError) return `error: ${error.code}: ${error.message}`;
  // What the file system refuses names its code and path itself: no mistake of this program that a stack would help with.
  if (error instanceof Error && 'syscall' in error && 'path' in error) return `error: ${error.message}`;
  return error;
}
