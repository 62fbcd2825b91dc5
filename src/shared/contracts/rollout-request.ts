import { z } from 'zod';
import { rolloutStageSchema } from './names.ts';

/** Who acts: a person's name. */
const actor = z
  .string()
  .trim()
  .min(1, 'an actor is a name of 1 to 200 characters')
  .max(200, 'an actor is a name of 1 to 200 characters');

const text = (what: string) =>
  z.string().trim().min(1, `${what} is 1 to 2,000 characters`).max(2_000, `${what} is 1 to 2,000 characters`);

const reason = text('a reason');

/** What a rollout is asked: body of `POST /functions/v1/rollout`, and what the commands send. */
export const rolloutRequestSchema = z.discriminatedUnion(
  'action',
  [
    /** How the latest rollout stands. */
    z.strictObject({ action: z.literal('status') }),
    /** Judges now, and stores what was found. */
    z.strictObject({ action: z.literal('evaluate') }),
    /** To the next stage; `stage` is the one that the caller believes is the present one. Forced, it needs a reason. */
    z.strictObject({
      action: z.literal('promote'),
      actor,
      reason: reason.optional(),
      force: z.boolean().default(false),
      stage: rolloutStageSchema.optional(),
    }),
    /** Back to the baseline. */
    z.strictObject({ action: z.literal('rollback'), actor, reason }),
    /** The present stage lasts longer. */
    z.strictObject({
      action: z.literal('extend'),
      actor,
      days: z
        .int('days is a whole number from 1 to 1000')
        .min(1, 'days is a whole number from 1 to 1000')
        .max(1_000, 'days is a whole number from 1 to 1000'),
      reason: reason.optional(),
    }),
    /** A role of the setting rollout_roles approves the present stage. */
    z.strictObject({
      action: z.literal('approve'),
      actor,
      role: text('a role'),
      note: text('a note').optional(),
    }),
    z.strictObject({ action: z.literal('note'), actor, text: text('a note') }),
    /** The kill switch: false hides every forecast. */
    z.strictObject({ action: z.literal('publishing'), actor, publishing: z.boolean(), reason }),
  ],
  'an action is status, evaluate, promote, rollback, extend, approve, note or publishing',
);
export type RolloutRequest = z.output<typeof rolloutRequestSchema>;
