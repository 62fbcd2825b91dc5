import type { Remark } from '../remark.ts';

/** What a reader should know before trusting a forecast. */
export type QualityNote = Remark<
  | 'stale_data'
  | 'gap'
  | 'repeated_prices'
  | 'not_validated'
  | 'overfitting'
  | 'implausible'
  | 'fallback'
  | 'few_outcomes'
>;
