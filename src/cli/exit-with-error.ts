import { PlumblineError } from '../shared/errors/plumbline-error.ts';

/** Says what went wrong on standard error, in one line where the error is a known one, and ends with status 1. */
export function exitWithError(error: unknown): void {
  console.error(error instanceof PlumblineError ? `error: ${error.code}: ${error.message}` : error);
  process.exitCode = 1;
}
