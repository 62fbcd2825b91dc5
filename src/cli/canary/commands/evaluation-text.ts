import type { RolloutEvaluation, StoredEvaluation } from '../../../shared/contracts/rollout-evaluation.ts';
import { wrappedTable } from './wrapped-table.ts';

/** An evaluation, as far as it is shown. */
export type ShownEvaluation = Pick<RolloutEvaluation, 'status_line' | 'criteria' | 'triggers'> &
  Partial<Pick<StoredEvaluation, 'decision' | 'rolled_back'>>;

/** An evaluation for people: the status line, a row a criterion, and what would roll back. */
export function evaluationText(evaluation: ShownEvaluation): string {
  const needed = (bars: number | null) => (bars === null ? '' : String(bars));
  return [
    evaluation.status_line,
    wrappedTable(
      ['criterion', 'verdict', 'n', 'more bars', 'why'],
      evaluation.criteria.map((row) => [
        row.criterion.replaceAll('_', ' '),
        row.verdict,
        String(row.n),
        needed(row.bars_needed),
        row.sentence,
      ]),
    ),
    ...evaluation.triggers.map(
      ({ trigger, subject, sentence }) =>
        `Rolls back (${trigger.replaceAll('_', ' ')}${subject === null ? '' : `, ${subject}`}): ${sentence}`,
    ),
    ...(evaluation.decision === undefined ? [] : [`Decision: ${evaluation.decision}.`]),
    ...(evaluation.rolled_back ? ['It was rolled back: the baseline serves.'] : []),
  ].join('\n\n');
}
