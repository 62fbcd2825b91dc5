import type { CriterionResult } from '../../contracts/rollout-evaluation.ts';
import type { RolloutEvidence } from '../../contracts/rollout-evidence.ts';
import { listed } from '../wording.ts';

/** Every role that the setting names has approved in this stage. `n` is roles that have. */
export function judgeApprovals({ roles, approvals }: RolloutEvidence): CriterionResult {
  const missing = roles.filter((role) => !approvals.some((approval) => approval.role === role));
  const given = approvals.filter(({ role }) => roles.includes(role));
  let sentence = 'No role is asked for an approval: the setting rollout_roles names none.';
  if (missing.length > 0) sentence = `Approval is missing of ${listed(missing)}.`;
  else if (roles.length > 0)
    sentence = `Approved: ${listed(given.map(({ role, actor }) => `${role} (${actor})`))}.`;
  return {
    criterion: 'approvals',
    verdict: missing.length > 0 ? 'insufficient' : 'pass',
    n: roles.length - missing.length,
    figures: {
      roles,
      missing,
      approved: given.map(({ role, actor, approved_at }) => ({ role, actor, approved_at })),
    },
    sentence,
    bars_needed: null,
  };
}
