import { PlumblineError } from './plumbline-error.ts';

/** The database refused a call or could not be reached; `code` is the SQL function's own where it gave one. */
export class StoreError extends PlumblineError {
  /** HTTP status of the Data API's answer; 0 when there was none. */
  readonly status: number;

  constructor(code: string, message: string, status: number) {
    super(code, message, { status });
    this.status = status;
  }
}
