import type { CriterionResult } from '../../contracts/rollout-evaluation.ts';
import type { RolloutEvidence } from '../../contracts/rollout-evidence.ts';
import { utcMinute } from '../../series/utc-minute.ts';
import { counted } from '../../wording/counted.ts';
import { stageDays } from '../stage-days.ts';

/** The stage has lasted as long as it should at least. `n` is days that have begun. */
export function judgeDuration({ rollout, evidence_at }: RolloutEvidence): CriterionResult {
  const { day, days } = stageDays(rollout, evidence_at);
  const isOver = Date.parse(evidence_at) >= Date.parse(rollout.stage_due_at);
  return {
    criterion: 'duration',
    verdict: isOver ? 'pass' : 'insufficient',
    n: day,
    figures: { stage_started_at: rollout.stage_started_at, stage_due_at: rollout.stage_due_at, day, days },
    sentence: isOver
      ? `The stage has lasted its ${counted(days, 'day')}.`
      : `Day ${day} of ${days}: the stage lasts until ${utcMinute(rollout.stage_due_at)}.`,
    bars_needed: null,
  };
}
