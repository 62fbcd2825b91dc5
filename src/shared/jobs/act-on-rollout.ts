import type { StoredEvaluation } from '../contracts/rollout-evaluation.ts';
import type { DatabaseRequest, RolloutRequest } from '../contracts/rollout-request.ts';
import type { AnswerOf, RolloutVerb } from '../contracts/rollout-verbs.ts';
import { evaluationMarkdown } from '../rollout/evaluation-markdown.ts';
import { type EvaluationStore, evaluateRollout } from './evaluate-rollout.ts';

/** The decisions that the database offers, each one transaction. */
export interface RolloutActions extends EvaluationStore<StoredEvaluation> {
  /** Calls the SQL function of the request's verb. */
  act(request: DatabaseRequest): Promise<AnswerOf<RolloutVerb>>;
}

/**
 * Does what a rollout is asked.
 *
 * @returns what the database's function answers; of `evaluate`, the evaluation with `evaluation_id`, `decision`, `rolled_back`, and all of it as `markdown`
 * @throws StoreError with the code that the database's function raises: `no_rollout`, `not_ready`, `no_reason`, `stage_changed`,
 *   `rolled_back`, `already_rolled_back`, `unknown_role`, ...
 */
export async function actOnRollout(
  rollouts: RolloutActions,
  request: RolloutRequest,
): Promise<AnswerOf<RolloutVerb>> {
  if (request.action !== 'evaluate') return await rollouts.act(request);
  const { evidence, evaluation, stored } = await evaluateRollout(rollouts);
  const markdown = evaluationMarkdown(evidence, evaluation, stored.decision);
  return { ...stored, ...evaluation, markdown };
}
