import { InvalidInputError } from '../../../shared/errors/invalid-input-error.ts';
import { reportMarkdown } from '../../../shared/rollout/report-markdown.ts';
import { unwrap } from '../../../shared/store/unwrap.ts';
import type { ReportOptions } from '../canary-options.ts';
import { openTarget } from '../target/open-target.ts';
import type { Target } from '../target/target.ts';
import type { CommandResult } from './command-result.ts';

/**
 * `canary report`: the latest stored report; `--summary`: the latest summary at the end of a stage;
 * `--now`: as it would be written now, which is not stored.
 *
 * @throws InvalidInputError `no_report` when none was written yet; StoreError
 */
export async function report(
  options: ReportOptions,
  environment: Readonly<Record<string, string | undefined>>,
  tell: (line: string) => void,
): Promise<CommandResult> {
  const target = await openTarget(options, environment, tell);
  try {
    if (options.now) return await shown(target, null);
    // A summary is a report too.
    const kinds = options.summary ? [true] : [true, false];
    const [row] = unwrap(
      await target.store
        .from('canary_reports')
        .select('id')
        .in('is_summary', kinds)
        .order('id', { ascending: false })
        .limit(1),
    );
    if (row === undefined) {
      throw new InvalidInputError(
        'no_report',
        options.summary
          ? 'No summary was written yet: it comes the day after a stage was due'
          : 'No report was written yet: they come at 08:00, 12:00 and 18:00 New York time of sessions; --now shows one as it would be',
      );
    }
    return await shown(target, row.id);
  } finally {
    await target.close();
  }
}

/** With `--json` the row of `canary_reports` and its Markdown. */
async function shown(target: Target, id: number | null): Promise<CommandResult> {
  const document = await target.rollouts.report(id);
  const markdown = reportMarkdown(document);
  return { status: 0, document: { ...document.report, markdown }, text: markdown };
}
