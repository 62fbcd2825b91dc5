import { VERDICTS, type Verdict } from '../contracts/rollout-evaluation.ts';

/** The worst of them; `insufficient` when there are none, for nothing is known then. */
export function worstVerdict(verdicts: readonly Verdict[]): Verdict {
  return VERDICTS.find((verdict) => verdicts.includes(verdict)) ?? 'insufficient';
}
