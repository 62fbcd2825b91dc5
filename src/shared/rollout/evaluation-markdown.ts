import type { CanaryReport } from '../contracts/canary-report.ts';
import type { RolloutEvaluation } from '../contracts/rollout-evaluation.ts';
import type { RolloutEvidence } from '../contracts/rollout-evidence.ts';
import { inLine, markdownTable } from './markdown-table.ts';

/**
 * An evaluation for people, as Markdown: verdict, decision, every criterion, triggers, and what it was made of.
 *
 * @param decision what the database says that the rows call for
 */
export function evaluationMarkdown(
  { rollout, alerts_open }: Pick<RolloutEvidence, 'rollout' | 'alerts_open'>,
  evaluation: RolloutEvaluation,
  decision: string,
): string {
  return [
    `# Rollout ${rollout.id}, ${rollout.stage}: ${evaluation.verdict}`,
    '',
    inLine(evaluation.status_line),
    '',
    `Decision: **${inLine(decision)}**`,
    '',
    ...findingsMarkdown(evaluation),
    '',
    ...(alerts_open.count > 0
      ? [
          '## Open alerts',
          '',
          ...alerts_open.latest.map(({ symbol, horizon, level, opened_at }) =>
            inLine(`- ${symbol} ${horizon}: ${level}, since ${opened_at}`),
          ),
          ...(alerts_open.count > alerts_open.latest.length
            ? [`- and ${alerts_open.count - alerts_open.latest.length} older ones`]
            : []),
          '',
        ]
      : []),
    inLine(
      `Candidate ${rollout.candidate_hash}, baseline ${rollout.baseline_hash}, commit ${rollout.commit_hash ?? 'unknown'}; ` +
        `evidence of ${evaluation.evidence_at}, judged by ${evaluation.code_version}.`,
    ),
  ].join('\n');
}

/** The rows of an evaluation and its triggers, as lines of Markdown. */
export function findingsMarkdown({ criteria, triggers }: NonNullable<CanaryReport['evaluation']>): string[] {
  return [
    ...markdownTable(
      ['criterion', 'verdict', 'n', 'finding'],
      criteria.map(({ criterion, verdict, n, sentence }) => [criterion, verdict, String(n), sentence]),
    ),
    ...(triggers.length > 0
      ? [
          '',
          '## What rolls back',
          '',
          ...triggers.map(({ trigger, sentence }) => inLine(`- ${trigger}: ${sentence}`)),
        ]
      : []),
  ];
}
