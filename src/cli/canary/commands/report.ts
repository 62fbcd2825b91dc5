import { InvalidInputError } from '../../../shared/errors/invalid-input-error.ts';
import { unwrap } from '../../../shared/store/unwrap.ts';
import type { ReportOptions } from '../canary-options.ts';
import { openTarget } from '../target/open-target.ts';
import type { CommandResult } from './command-result.ts';

/**
 * `canary report`: the latest stored report, as it was written; `--summary`: the latest summary at the end of a stage;
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
    if (options.now) {
      const markdown = unwrap(await target.store.rpc('report_now'));
      return { status: 0, document: { markdown }, text: markdown };
    }
    // A summary is a report too.
    const kinds = options.summary ? [true] : [true, false];
    const [row] = unwrap(
      await target.store
        .from('canary_reports')
        .select('*')
        .in('is_summary', kinds)
        .neq('markdown', '')
        .order('id', { ascending: false })
        .limit(1),
    );
    if (row === undefined) {
      throw new InvalidInputError(
        'no_report',
        options.summary
          ? 'no summary was written yet: it comes the day after a stage was due'
          : 'no report was written yet: they come at 08:00, 12:00 and 18:00 New York time of sessions; --now shows one as it would be',
      );
    }
    return { status: 0, document: row, text: row.markdown };
  } finally {
    await target.close();
  }
}
