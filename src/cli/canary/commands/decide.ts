import { actOnRollout } from '../../../shared/jobs/act-on-rollout.ts';
import type { Json } from '../../../shared/json.ts';
import { actorOf } from '../actor.ts';
import type { CanaryOptions } from '../canary-options.ts';
import { openTarget } from '../target/open-target.ts';
import type { CommandResult } from './command-result.ts';
import { decisionText } from './decision-text.ts';
import { evaluationText } from './evaluation-text.ts';
import { type DecisionCommand, requestOf } from './request-of.ts';
import { statusText } from './status-text.ts';

/**
 * A command that asks one thing of the rollout: status, evaluate, promote, rollback, extend, approve, note, publishing.
 *
 * @throws InvalidInputError before anything is asked; StoreError with the code of the database's function
 */
export async function decide(
  command: DecisionCommand,
  options: CanaryOptions,
  environment: Readonly<Record<string, string | undefined>>,
  tell: (line: string) => void,
): Promise<CommandResult> {
  const request = requestOf(command, options, () => actorOf(options.actor, environment));
  const target = await openTarget(options, environment, tell);
  try {
    const document = await actOnRollout(target.rollouts, request);
    return { status: 0, document, text: textOf(command, document) };
  } finally {
    await target.close();
  }
}

function textOf(command: DecisionCommand, document: Json): string {
  if (command === 'status') return statusText(document);
  if (command === 'evaluate') return evaluationText(document);
  return decisionText(command, document);
}
