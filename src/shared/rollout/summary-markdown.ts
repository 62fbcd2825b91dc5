import { decide } from './decision.ts';
import { evidenceLines } from './evaluation-markdown.ts';
import { inLine, markdownTable } from './markdown-table.ts';
import type { RolloutEvaluation, Verdict } from './rollout-evaluation.ts';
import type { JudgedRollout } from './rollout-evidence.ts';
import { stageDays } from './stage-days.ts';
import { counted } from './wording.ts';

/** What the summary of a stage is made of. Times are ISO 8601. */
export interface StageSummary {
  readonly rollout: JudgedRollout;
  /** The latest evaluation of the stage; null when there is none. */
  readonly evaluation: Pick<
    RolloutEvaluation,
    'evidence_at' | 'code_version' | 'status_line' | 'criteria' | 'triggers'
  > | null;
  /** Of the stage, oldest first. */
  readonly evaluations: readonly {
    readonly evaluated_at: string;
    readonly verdict: Verdict;
    readonly status_line: string;
  }[];
  /** The stage's log, oldest first. */
  readonly events: readonly {
    readonly happened_at: string;
    readonly kind: string;
    readonly actor: string;
    readonly reason: string;
  }[];
  /** When it is written. */
  readonly now: string;
}

/**
 * The summary of a stage on the day after its last one (day 8 of seven days): the decision that its latest evaluation calls for, the evidence, how the
 * verdict came about, and what was done. Without an evaluation nothing is known, and the stage is held.
 */
export function renderSummary({ rollout, evaluation, evaluations, events, now }: StageSummary): string {
  const { day, days } = stageDays(rollout, now);
  const decision = evaluation === null ? 'hold' : decide(evaluation.criteria, evaluation.triggers);
  const byVerdict = (verdict: Verdict) => evaluations.filter((one) => one.verdict === verdict).length;
  return [
    `# Rollout ${rollout.id}: summary of the stage ${rollout.stage}, day ${day} of at least ${days}`,
    '',
    `Decision: **${decision}**`,
    '',
    evaluation === null
      ? 'The stage has not been evaluated: nothing is known of it.'
      : inLine(evaluation.status_line),
    '',
    '## Evidence',
    '',
    ...(evaluation === null ? ['None.', ''] : evidenceLines(evaluation)),
    '## Evaluations',
    '',
    `${counted(evaluations.length, 'evaluation')}: ${byVerdict('pass')} pass, ${byVerdict('insufficient')} insufficient, ${byVerdict('fail')} fail.`,
    '',
    ...table(
      ['evaluated', 'verdict', 'status'],
      evaluations.map(({ evaluated_at, verdict, status_line }) => [evaluated_at, verdict, status_line]),
    ),
    '## Log',
    '',
    ...table(
      ['when', 'what', 'who', 'why'],
      events.map(({ happened_at, kind, actor, reason }) => [happened_at, kind, actor, reason]),
    ),
    inLine(
      `Candidate ${rollout.candidate_hash}, baseline ${rollout.baseline_hash}, commit ${rollout.commit_hash ?? 'unknown'}; the stage began ${rollout.stage_started_at}` +
        `${evaluation === null ? '' : `; evidence of ${evaluation.evidence_at}, judged by ${evaluation.code_version}`}.`,
    ),
  ].join('\n');
}

function table(header: readonly string[], rows: readonly (readonly string[])[]): string[] {
  return rows.length === 0 ? ['None.', ''] : [...markdownTable(header, rows), ''];
}
