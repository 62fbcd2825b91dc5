import type { CanaryReport } from '../contracts/canary-report.ts';
import { utcMinute } from '../series/utc-minute.ts';
import { findingsMarkdown } from './evaluation-markdown.ts';
import { inLine, markdownTable } from './markdown-table.ts';

/** Characters that are shown of a line, and of a cell: whoever writes a note may write a book. */
const LINE = 3000;
const CELL = 500;

/** A report of the canary for people, as Markdown: status, decision, figures, the evaluation that it goes by, and what has happened. */
export function reportMarkdown({ report, evaluation, events }: CanaryReport): string {
  return [
    `# Canary report of ${report.report_date}, ${report.report_time.slice(0, 5)} New York`,
    '',
    `**${inLine(report.status)}**`,
    '',
    ...(report.is_summary ? [`**Summary of the stage: ${inLine(String(report.decision))}**`, ''] : []),
    ...report.lines.map((line) => `- ${inLine(line.slice(0, LINE))}`),
    '',
    ...(evaluation === null ? [] : ['## Evaluation', '', ...findingsMarkdown(evaluation), '']),
    `## Since ${utcMinute(report.since)}`,
    '',
    ...(events.length === 0
      ? ['No event.']
      : markdownTable(
          ['at', 'event', 'by', 'why'],
          events.map(({ happened_at, kind, subject, actor, reason }) => [
            utcMinute(happened_at),
            `${kind.replaceAll('_', ' ')} ${subject?.slice(0, CELL) ?? ''}`,
            actor.slice(0, CELL),
            reason.slice(0, CELL),
          ]),
        )),
    '',
  ].join('\n');
}
