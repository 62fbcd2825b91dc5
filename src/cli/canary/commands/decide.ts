import type { RolloutStatus } from '../../../shared/contracts/rollout-status.ts';
import { type AnyVerb, ROLLOUT_VERBS } from '../../../shared/contracts/rollout-verbs.ts';
import { actOnRollout } from '../../../shared/jobs/act-on-rollout.ts';
import { textsOnOneLine } from '../../../shared/wording/printable.ts';
import { actorOf } from '../../actor.ts';
import type { VerbOptions } from '../canary-options.ts';
import { openTarget } from '../target/open-target.ts';
import type { CommandResult } from './command-result.ts';
import { evaluationText, type ShownEvaluation } from './evaluation-text.ts';
import { requestOf } from './request-of.ts';
import { statusText } from './status-text.ts';

/**
 * A command that asks one thing of the rollout: a verb of `ROLLOUT_VERBS`.
 *
 * @throws InvalidInputError before anything is asked; StoreError with the code of the database's function
 */
export async function decide(
  options: VerbOptions,
  environment: Readonly<Record<string, string | undefined>>,
  tell: (line: string) => void,
): Promise<CommandResult> {
  const request = requestOf(options, () => actorOf(options.actor, environment));
  const target = await openTarget(options, environment, tell);
  try {
    const document = await actOnRollout(target.rollouts, request);
    return { status: 0, document, text: decisionText(options.command, document) };
  } finally {
    await target.close();
  }
}

/** What came of a command, for people. */
export function decisionText(command: VerbOptions['command'], answer: unknown): string {
  const document = textsOnOneLine(answer);
  if (command === 'status') return statusText(document as RolloutStatus);
  if (command === 'evaluate') return evaluationText(document as ShownEvaluation);
  const { says }: AnyVerb = ROLLOUT_VERBS[command];
  return says?.(document) ?? '';
}
