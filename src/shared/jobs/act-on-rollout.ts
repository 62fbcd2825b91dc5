import type { RolloutRequest } from '../contracts/rollout-request.ts';
import type { Json } from '../json.ts';
import { type EvaluationStore, evaluateRollout } from './evaluate-rollout.ts';

/** The decisions that the database offers, each one transaction. */
export interface RolloutActions extends EvaluationStore<object> {
  status(): Promise<Json>;
  promote(
    actor: string,
    options: Pick<RolloutRequest & { action: 'promote' }, 'reason' | 'force' | 'stage'>,
  ): Promise<Json>;
  rollBack(actor: string, reason: string): Promise<Json>;
  extend(actor: string, days: number, reason: string): Promise<Json>;
  approve(actor: string, role: string, note: string | undefined): Promise<Json>;
  note(actor: string, text: string): Promise<Json>;
  setPublishing(actor: string, publishing: boolean, reason: string): Promise<Json>;
}

/**
 * Does what a rollout is asked.
 *
 * @returns what the database's function answers; of `evaluate`, the evaluation with `evaluation_id` and `rolled_back`
 * @throws StoreError with the code that the database's function raises: `no_rollout`, `not_ready`, `no_reason`, `stage_changed`,
 *   `rolled_back`, `already_rolled_back`, `unknown_role`, ...
 */
export async function actOnRollout(rollouts: RolloutActions, request: RolloutRequest): Promise<Json> {
  switch (request.action) {
    case 'status':
      return await rollouts.status();
    case 'evaluate': {
      const { evaluation, stored } = await evaluateRollout(rollouts);
      return { ...stored, ...evaluation } as unknown as Json;
    }
    case 'promote':
      return await rollouts.promote(request.actor, request);
    case 'rollback':
      return await rollouts.rollBack(request.actor, request.reason);
    case 'extend':
      return await rollouts.extend(
        request.actor,
        request.days,
        request.reason ?? `${request.days} more days were asked for, without a reason`,
      );
    case 'approve':
      return await rollouts.approve(request.actor, request.role, request.note);
    case 'note':
      return await rollouts.note(request.actor, request.text);
    case 'publishing':
      return await rollouts.setPublishing(request.actor, request.publishing, request.reason);
  }
}
