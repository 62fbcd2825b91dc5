import { PlumblineError } from './plumbline-error.ts';

/** Every reason for which a fit refuses its data or gives up. */
export type FitErrorCode =
  | 'too_few_bars'
  | 'too_short_span'
  | 'constant_series'
  | 'repeated_prices'
  | 'implausible_price'
  | 'too_many_gaps'
  | 'not_finite'
  | 'inconsistent_bar'
  | 'invalid_date'
  | 'duplicate_date'
  | 'disordered_date'
  | 'weekly_bars'
  | 'monthly_bars'
  | 'sparse_bars'
  | 'shifted_dates'
  | 'other_calendar'
  | 'not_a_half_session'
  | 'half_sessions_are_new_yorks'
  | 'repeated_rows'
  | 'swapped_columns'
  | 'not_converged'
  | 'invalid_hyperparameters'
  | 'no_valid_candidate'
  | 'no_member_left'
  | 'companion_beyond_cutoff'
  | 'invalid_artifact';

/** A model cannot be fitted, or cannot predict, with what it was given. */
export class FitError extends PlumblineError {
  declare readonly code: FitErrorCode;
}
