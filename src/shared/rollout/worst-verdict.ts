import { VERDICTS, type Verdict } from '../contracts/rollout-evaluation.ts';

/**
 * The worst of them; `insufficient` when there are none, for nothing is known then.
 *
 * Twin: the constraint `rollout_evaluations_verdict_is_the_worst`, compared in test/database/computed-twice.test.ts.
 */
export function worstVerdict(verdicts: readonly Verdict[]): Verdict {
  return VERDICTS.find((verdict) => verdicts.includes(verdict)) ?? 'insufficient';
}
