/** What `parseCsvBars` refuses: of a file as a whole. */
export const FAULTS_OF_A_FILE = [
  ...(['empty_file', 'not_csv', 'malformed_csv', 'missing_column', 'ambiguous_column'] as const),
  ...(['ambiguous_date', 'ambiguous_number', 'spreadsheet_dates', 'several_symbols'] as const),
  ...(['several_periods', 'wrong_period', 'intraday_bars', 'no_bars', 'too_many_bars'] as const),
] as const;

/** Of its lines, which the message names. `malformed_csv` is of a line, too. */
export const FAULTS_OF_LINES = [
  ...(['invalid_date', 'not_a_half_session', 'future_date', 'duplicate_date', 'disordered_date'] as const),
  ...(['malformed_csv', 'invalid_price', 'invalid_volume', 'inconsistent_bar'] as const),
] as const;

/** What `parseCsvEvents` refuses of lines, which the message names. `malformed_csv` is of a line, too. */
export const FAULTS_OF_EVENT_LINES = [
  ...(['malformed_csv', 'invalid_symbol', 'invalid_date', 'invalid_kind', 'invalid_event_time'] as const),
  ...(['invalid_known_at', 'known_after_event', 'invalid_source', 'duplicate_event'] as const),
] as const;
