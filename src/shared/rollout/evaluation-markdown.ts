import type { RolloutEvaluation } from '../contracts/rollout-evaluation.ts';
import type { RolloutEvidence } from '../contracts/rollout-evidence.ts';
import { decide } from './decision.ts';
import { inLine, markdownTable } from './markdown-table.ts';

/** An evaluation for people: verdict, decision, every criterion, triggers, and what it was made of. */
export function evaluationMarkdown(
  { rollout, alerts_open }: RolloutEvidence,
  evaluation: Omit<RolloutEvaluation, 'markdown'>,
): string {
  return [
    `# Rollout ${rollout.id}, ${rollout.stage}: ${evaluation.verdict}`,
    '',
    inLine(evaluation.status_line),
    '',
    `Decision: **${decide(evaluation.criteria, evaluation.triggers)}**`,
    '',
    ...evidenceLines(evaluation),
    ...(alerts_open.length > 0
      ? [
          '## Open alerts',
          '',
          ...alerts_open.map(({ symbol, horizon, level, opened_at }) =>
            inLine(`- ${symbol} ${horizon}: ${level}, since ${opened_at}`),
          ),
          '',
        ]
      : []),
    inLine(
      `Candidate ${rollout.candidate_hash}, baseline ${rollout.baseline_hash}, commit ${rollout.commit_hash ?? 'unknown'}; ` +
        `evidence of ${evaluation.evidence_at}, judged by ${evaluation.code_version}.`,
    ),
  ].join('\n');
}

/** The rows of an evaluation and its triggers, as Markdown. */
function evidenceLines({ criteria, triggers }: Pick<RolloutEvaluation, 'criteria' | 'triggers'>): string[] {
  return [
    ...markdownTable(
      ['criterion', 'verdict', 'n', 'finding'],
      criteria.map(({ criterion, verdict, n, sentence }) => [criterion, verdict, String(n), sentence]),
    ),
    '',
    ...(triggers.length > 0
      ? [
          '## What rolls back',
          '',
          ...triggers.map(({ trigger, sentence }) => inLine(`- ${trigger}: ${sentence}`)),
          '',
        ]
      : []),
  ];
}
