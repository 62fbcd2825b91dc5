import type { DataNoteCode } from '../../series/data-finding.ts';
import type { Remark } from '../remark.ts';

/** What a reader should know before trusting a forecast. */
export type QualityNote = Remark<
  DataNoteCode | 'event' | 'not_validated' | 'overfitting' | 'implausible' | 'fallback' | 'few_outcomes'
>;
