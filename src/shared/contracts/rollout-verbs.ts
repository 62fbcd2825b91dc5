import { z } from 'zod';
import { utcMinute } from '../series/utc-minute.ts';
import type { Immutable } from './immutable.ts';
import { rolloutStageSchema } from './names.ts';
import { rolloutEvaluationSchema, storedEvaluationSchema } from './rollout-evaluation.ts';
import { rolloutStatusSchema } from './rollout-status.ts';

/** Who acts: a person's name. */
const actor = z
  .string()
  .trim()
  .min(1, 'an actor is a name of 1 to 200 characters')
  .max(200, 'an actor is a name of 1 to 200 characters');

const text = (what: string) =>
  z.string().trim().min(1, `${what} is 1 to 2,000 characters`).max(2_000, `${what} is 1 to 2,000 characters`);

const reason = text('a reason');

/** By how many days a stage can be extended. */
export const EXTENSION_DAYS = { least: 1, most: 1_000 } as const;
const days = z
  .int('days is a whole number from 1 to 1000')
  .min(EXTENSION_DAYS.least, 'days is a whole number from 1 to 1000')
  .max(EXTENSION_DAYS.most, 'days is a whole number from 1 to 1000');

/** One thing that a rollout is asked: over HTTP, by a command, and of the database. */
interface Verb<Rpc extends string | null, Fields extends z.ZodRawShape, Answer extends z.ZodType> {
  /** For `--help`. */
  readonly help: string;
  /** Fields of the request beside `action`. */
  readonly request: Fields;
  /** The field that stands after the command without an option's name: words, or `on` and `off` of one that is true or false. */
  readonly operand?: keyof Fields & string;
  /** Whether the database will want a reason, which the request may otherwise lack. */
  needsReason?(request: { readonly force?: unknown }): boolean;
  /** Fields that the SQL function wants and the request may lack. */
  defaults?(request: z.output<z.ZodObject<Fields>>): Partial<z.output<z.ZodObject<Fields>>>;
  /** The SQL function; it takes every field as `p_FIELD`. Null: the judge does it. */
  readonly rpc: Rpc;
  /** What it answers, as far as that is relied on; the answer may hold more. */
  readonly answer: Answer;
  /** The answer in sentences; without it the command has a text of its own. */
  says?(answer: z.output<Answer>): string;
}

/** A verb whatever its fields and answer are. */
export type AnyVerb = Verb<string | null, Readonly<Record<string, z.ZodType>>, z.ZodType>;

function verb<
  const Rpc extends string | null,
  Fields extends z.ZodRawShape,
  Answer extends z.ZodType,
  const Row extends Verb<Rpc, Fields, Answer>,
>(row: Row & Verb<Rpc, Fields, Answer>): Row {
  return row;
}

const ofRollout = { rollout_id: z.int(), event_id: z.int() };

/** Everything that a rollout is asked. A new verb is a row here and its SQL function. */
export const ROLLOUT_VERBS = {
  status: verb({
    help: 'how the rollout stands',
    request: {},
    rpc: 'rollout_status',
    answer: rolloutStatusSchema,
  }),
  evaluate: verb({
    help: 'judge now, store and show criterion by criterion',
    request: {},
    rpc: null,
    answer: rolloutEvaluationSchema.extend({
      ...storedEvaluationSchema.shape,
      /** The same for people. */
      markdown: z.string(),
    }),
  }),
  promote: verb({
    help: 'to the next stage',
    request: {
      actor,
      reason: reason.optional(),
      force: z.boolean().default(false),
      /** What the caller takes the present stage for. */
      stage: rolloutStageSchema.optional(),
    },
    needsReason: ({ force }) => force === true,
    rpc: 'promote_rollout',
    answer: z.object({ ...ofRollout, from: z.string(), to: z.string(), forced: z.boolean() }),
    says: ({ rollout_id, from, to, forced }) =>
      `Rollout ${rollout_id}: ${from} -> ${to}${forced ? ', forced: what was overridden is in the canary log' : ''}.`,
  }),
  rollback: verb({
    help: 'back to the baseline, at once',
    request: { actor, reason },
    rpc: 'rollback_rollout',
    answer: z.object({
      ...ofRollout,
      from: z.string(),
      seconds: z.number(),
      /** What the baseline serves now. */
      symbols: z.array(z.string()),
      without_forecast: z.array(z.string()),
      /** A promotion within the last minute; null: none. */
      overtook: z.object({ actor: z.string(), from: z.string(), to: z.string() }).nullable(),
    }),
    says: ({ rollout_id, from, seconds, symbols, without_forecast, overtook }) =>
      [
        `Rollout ${rollout_id}: rolled back from ${from} in ${seconds} s. The baseline serves ${symbols.join(', ')}.`,
        ...(overtook === null
          ? []
          : [
              `It overtook a promotion within the last minute: ${overtook.from} -> ${overtook.to} by ${overtook.actor}.`,
            ]),
        ...(without_forecast.length === 0
          ? []
          : [
              `Without a forecast of the baseline, so that apps see none until the next one: ${without_forecast.join(', ')}.`,
            ]),
      ].join('\n'),
  }),
  extend: verb({
    help: 'the stage lasts longer',
    request: { actor, days, reason: reason.optional() },
    defaults: ({ days }) => ({ reason: `${days} more days were asked for, without a reason` }),
    rpc: 'extend_rollout',
    answer: z.object({ ...ofRollout, stage: z.string(), stage_due_at: z.string() }),
    says: ({ rollout_id, stage, stage_due_at }) =>
      `Rollout ${rollout_id}: stage ${stage} lasts until ${utcMinute(stage_due_at)} at least.`,
  }),
  approve: verb({
    help: 'a role of the setting rollout_roles approves the stage',
    request: { actor, role: text('a role'), note: text('a note').optional() },
    operand: 'note',
    rpc: 'approve_rollout',
    answer: z.object({ ...ofRollout, stage: z.string(), role: z.string(), missing: z.array(z.string()) }),
    says: ({ rollout_id, stage, role, missing }) =>
      `Rollout ${rollout_id}: stage ${stage} is approved as ${role}; ${missing.length === 0 ? 'no role is missing' : `missing: ${missing.join(', ')}`}.`,
  }),
  note: verb({
    help: 'a note in the canary log',
    request: { actor, text: text('a note') },
    operand: 'text',
    rpc: 'note_rollout',
    answer: z.object({ ...ofRollout, rollout_id: z.int().nullable() }),
    says: ({ rollout_id }) => (rollout_id === null ? 'Noted.' : `Rollout ${rollout_id}: noted.`),
  }),
  publishing: verb({
    help: 'the kill switch: off hides every forecast',
    request: { actor, publishing: z.boolean(), reason },
    operand: 'publishing',
    rpc: 'set_publishing',
    answer: z.object({ publishing: z.boolean(), changed: z.boolean() }),
    says: ({ publishing, changed }) => {
      const state = publishing ? 'Forecasts are published.' : 'Nothing is published, and nothing is planned.';
      return changed ? state : `${state} It was so before.`;
    },
  }),
};

type Verbs = typeof ROLLOUT_VERBS;
export type RolloutVerb = keyof Verbs;

/** What a verb is asked with. */
export type RequestOf<Name extends RolloutVerb> = {
  readonly action: Name;
} & (keyof Verbs[Name]['request'] extends never ? unknown : z.output<z.ZodObject<Verbs[Name]['request']>>);

/** What a verb answers. */
export type AnswerOf<Name extends RolloutVerb> = Immutable<z.output<Verbs[Name]['answer']>>;

export const ROLLOUT_VERB_NAMES = Object.keys(ROLLOUT_VERBS) as readonly RolloutVerb[];
