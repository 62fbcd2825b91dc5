import type { CriterionResult, RolloutTrigger } from '../contracts/rollout-evaluation.ts';
import type { JudgedRollout } from '../contracts/rollout-evidence.ts';
import { counted } from '../wording/counted.ts';
import { stageDays } from './stage-days.ts';
import { listed } from './wording.ts';
import { worstVerdict } from './worst-verdict.ts';

/** One sentence on a stage, computed from the rows of its evaluation: every row that does not pass is named in it. */
export function statusLine(
  rollout: JudgedRollout,
  now: string,
  criteria: readonly CriterionResult[],
  triggers: readonly RolloutTrigger[],
): string {
  const { day, days } = stageDays(rollout, now);
  const verdict = worstVerdict(criteria.map((row) => row.verdict));
  const passed = criteria.filter((row) => row.verdict === 'pass').length;
  const failed = criteria.filter((row) => row.verdict === 'fail').map((row) => row.criterion);
  const waiting = criteria.filter((row) => row.verdict === 'insufficient');
  const parts = [`${passed} of ${counted(criteria.length, 'criterion', 'criteria')} pass`];
  if (triggers.length > 0) {
    const named = triggers.map(({ trigger, subject }) =>
      subject === null ? trigger : `${trigger} ${subject}`,
    );
    parts.push(`rolls back: ${listed(named)}`);
  }
  if (failed.length > 0) parts.push(`${failed.join(', ')} ${failed.length === 1 ? 'fails' : 'fail'}`);
  for (const { criterion, bars_needed } of waiting) {
    parts.push(
      bars_needed === null
        ? `${criterion} insufficient`
        : `${criterion} needs about ${counted(bars_needed, 'more session')}`,
    );
  }
  return `${rollout.stage} day ${day} of at least ${days}: ${verdict}: ${parts.join('; ')}`;
}
