import { wrappedTable } from './wrapped-table.ts';

/** An evaluation, as far as it is shown. */
export interface ShownEvaluation {
  readonly status_line: string;
  readonly criteria: readonly ShownCriterion[];
  readonly triggers: readonly {
    readonly trigger: string;
    readonly subject: string | null;
    readonly sentence: string;
  }[];
  readonly rolled_back?: boolean;
}

interface ShownCriterion {
  readonly criterion: string;
  readonly verdict: string;
  readonly n: number;
  readonly sentence: string;
  readonly bars_needed: number | null;
}

/** An evaluation for people: the status line, a row a criterion, and what would roll back. */
export function evaluationText(document: unknown): string {
  const evaluation = document as ShownEvaluation;
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
    ...(evaluation.rolled_back ? ['It was rolled back: the baseline serves.'] : []),
  ].join('\n\n');
}
