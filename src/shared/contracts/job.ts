import { z } from 'zod';
import { DIVERGENCE_THRESHOLDS } from '../divergence/alert-level.ts';
import { ensembleConfigurationSchema } from './ensemble-configuration.ts';
import { jsonSchema } from './json.ts';
import { ingestPayloadSchema } from './market-data.ts';
import { ensembleNameSchema, horizonSchema, rolloutStageSchema, symbolSchema } from './names.ts';
import { divergenceLevelsSchema, onMemberFailureSchema, windowSizesSchema } from './settings.ts';

/** As `claim_job` makes it of what the planners wrote. */
const subject = {
  symbol: symbolSchema,
  horizon: horizonSchema,
  ensemble: ensembleNameSchema,
  sizes: windowSizesSchema,
  /** A job that was put into the queue by hand may do without. */
  levels: divergenceLevelsSchema.default(DIVERGENCE_THRESHOLDS),
};

/** Of every job. */
const leased = {
  id: z.int().positive(),
  run_id: z.uuid(),
  lease_token: z.uuid(),
  attempt: z.int().positive(),
};

/** What an attempt before stored; null for none. */
const checkpoint = jsonSchema.nullable();

/** Of a job of an ensemble. */
const held = {
  ...leased,
  configuration: ensembleConfigurationSchema,
  config_hash: z.string(),
  /** As it was set when the run was planned. */
  on_member_failure: onMemberFailureSchema,
  checkpoint,
};

/** A job as `claim_job` hands it out. `last_bar` and `window_id` are ordinals in the series, whose first bar is 0. */
export const claimedJobSchema = z.discriminatedUnion('kind', [
  z.object({
    ...held,
    kind: z.literal('forecast'),
    payload: z.object({ ...subject, last_bar: z.int().nonnegative() }),
  }),
  z.object({
    ...held,
    kind: z.literal('validate_window'),
    payload: z.object({ ...subject, window_id: z.int().nonnegative() }),
  }),
  z.object({ ...held, kind: z.literal('check_divergence'), payload: z.object(subject) }),
  z.object({ ...leased, checkpoint, kind: z.literal('ingest'), payload: ingestPayloadSchema }),
  z.object({
    ...leased,
    kind: z.literal('evaluate_rollout'),
    payload: z.object({ rollout_id: z.int().positive(), stage: rolloutStageSchema }),
  }),
]);

export type ClaimedJob = z.infer<typeof claimedJobSchema>;
export type JobKind = ClaimedJob['kind'];
export type JobOf<Kind extends JobKind> = Extract<ClaimedJob, { kind: Kind }>;
