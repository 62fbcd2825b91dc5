import type { QualityNote } from './quality-note.ts';

/** Outcomes below which a share of them says next to nothing. */
const ENOUGH_OUTCOMES = 30;

/** `few_outcomes` when fewer than 30 forecasts of this symbol, horizon and configuration have come true. */
export function fewOutcomesNote(outcomes: number): QualityNote | null {
  if (outcomes >= ENOUGH_OUTCOMES) return null;
  return {
    code: 'few_outcomes',
    sentence: `${outcomes} ${outcomes === 1 ? 'forecast' : 'forecasts'} of this configuration ${outcomes === 1 ? 'has' : 'have'} been scored against what came true, and below ${ENOUGH_OUTCOMES} their coverage says next to nothing.`,
    figures: { outcomes, enough: ENOUGH_OUTCOMES },
  };
}
