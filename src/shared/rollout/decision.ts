import type { CriterionResult, RolloutTrigger, Verdict } from '../contracts/rollout-evaluation.ts';
import { worstVerdict } from './worst-verdict.ts';

/** What an evaluation leads to. */
export type Decision = 'roll back' | 'do not promote' | 'hold' | 'promote';

const DECISIONS: Readonly<Record<Verdict, Decision>> = {
  fail: 'do not promote',
  insufficient: 'hold',
  pass: 'promote',
};

/** The decision that the rows call for: never a better one than the worst of them. */
export function decide(
  criteria: readonly Pick<CriterionResult, 'verdict'>[],
  triggers: readonly RolloutTrigger[],
): Decision {
  return triggers.length > 0 ? 'roll back' : DECISIONS[worstVerdict(criteria.map(({ verdict }) => verdict))];
}
