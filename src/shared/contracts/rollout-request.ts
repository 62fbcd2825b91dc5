import { z } from 'zod';
import { type RequestOf, ROLLOUT_VERB_NAMES, ROLLOUT_VERBS, type RolloutVerb } from './rollout-verbs.ts';

/** What a rollout is asked, by its `action`. */
export type RolloutRequest = { [Name in RolloutVerb]: RequestOf<Name> }[RolloutVerb];

/** The same of a verb that is an SQL function. */
export type DatabaseRequest = Exclude<RolloutRequest, { action: 'evaluate' }>;

const [first, ...others] = ROLLOUT_VERB_NAMES.map((name) =>
  z.strictObject({ action: z.literal(name), ...ROLLOUT_VERBS[name].request }),
);

/** Body of `POST /functions/v1/rollout`, and what the commands send. */
export const rolloutRequestSchema = z.discriminatedUnion(
  'action',
  [first, ...others],
  `an action is ${ROLLOUT_VERB_NAMES.slice(0, -1).join(', ')} or ${ROLLOUT_VERB_NAMES.at(-1)}`,
) as unknown as z.ZodType<RolloutRequest>;
