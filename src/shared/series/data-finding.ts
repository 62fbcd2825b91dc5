import type { FitErrorCode } from '../errors/fit-error.ts';
import type { ErrorDetails } from '../errors/plumbline-error.ts';

/** What is told of bars that are taken nevertheless. */
export type DataNoteCode =
  | 'stale_data'
  | 'gap'
  | 'off_calendar'
  | 'repeated_prices'
  | 'repeated_rows'
  | 'likely_split'
  | 'unexplained_jump'
  | 'companion_left_out'
  | 'covariate_left_out';

/** Something about bars that a fit should know. */
export type DataFinding = DataRefusal | DataNote;

/** Nothing is fitted to these bars: `code` is that of the error that it becomes. */
export interface DataRefusal {
  readonly severity: 'refuse';
  readonly code: FitErrorCode;
  readonly message: string;
  readonly details: ErrorDetails;
}

/** A forecast from these bars says so. */
export interface DataNote {
  readonly severity: 'note';
  readonly code: DataNoteCode;
  readonly message: string;
  readonly details: ErrorDetails;
}
