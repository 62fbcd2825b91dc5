import { z } from 'zod';
import { parse } from '../../../shared/contracts/parse.ts';
import type { DeployContext, DeployPlan } from './deploy-context.ts';
import { hasRolloutTables } from './rollout-tables.ts';

const latestSchema = z.object({
  id: z.number(),
  status: z.enum(['running', 'completed', 'rolled_back']),
  stage: z.string(),
  candidate_hash: z.string(),
  baseline_hash: z.string(),
});
export type LatestRollout = z.infer<typeof latestSchema>;

export const LATEST_ROLLOUT_SQL =
  'select id, status, stage, candidate_hash, baseline_hash from public.rollouts order by id desc limit 1';

/** The latest rollout; null when there has been none. */
export async function latestRollout({ target }: DeployContext): Promise<LatestRollout | null> {
  if (!(await hasRolloutTables(target))) return null;
  const [row] = await target.query(LATEST_ROLLOUT_SQL);
  return row === undefined ? null : parse(latestSchema, row, 'The latest rollout');
}

/** Whether a rollout is that of the plan's candidate and baseline. */
export function isOfPlan(latest: LatestRollout, { candidate, baseline }: DeployPlan): boolean {
  return latest.candidate_hash === candidate.hash && latest.baseline_hash === baseline.hash;
}

/** Whether the plan's rollout is the one that runs. */
export async function runsThisPlan(context: DeployContext): Promise<boolean> {
  const latest = await latestRollout(context);
  return latest?.status === 'running' && isOfPlan(latest, context.plan);
}
