import { type ErrorDetails, PlumblineError } from './plumbline-error.ts';

/** SQLSTATEs of a statement that was ended for its time, waited for a lock in vain, or lost to another transaction. */
const BUSY: ReadonlySet<string> = new Set(['57014', '55P03', '40P01', '40001']);

/** The database refused a call or could not be reached; `code` is the SQL function's own where it gave one. */
export class StoreError extends PlumblineError {
  /** HTTP status of the Data API's answer; 0 when there was none. */
  readonly status: number;

  /** Seconds after which asking again may help, where the database said so. */
  readonly retryAfter: number | null;

  /** @param details of the answer, where it had any */
  constructor(
    code: string,
    message: string,
    status: number,
    retryAfter: number | null = null,
    details: ErrorDetails = {},
  ) {
    super(code, message, { ...details, status });
    this.status = status;
    this.retryAfter = retryAfter;
  }

  /** Whether the database was only too busy: nothing was done, and trying again can help. */
  get isBusy(): boolean {
    return BUSY.has(this.code);
  }
}
