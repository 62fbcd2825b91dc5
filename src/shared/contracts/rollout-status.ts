import { z } from 'zod';
import type { Immutable } from './immutable.ts';
import { decisionSchema, rolloutEvaluationSchema } from './rollout-evaluation.ts';

const boardRowSchema = z.object({
  symbol: z.string(),
  horizon: z.string(),
  ensemble: z.string(),
  last_cutoff: z.string().nullable(),
  state: z.string().nullable(),
  pairs: z.int(),
  rmse_ratio: z.number().nullable(),
  crps_ratio: z.number().nullable(),
  coverage_90: z.number().nullable(),
  scored: z.int(),
  divergence: z.number().nullable(),
  verdict: z.string().nullable(),
  alerts_open: z.int(),
});
/** A row of `vw_canary_board`. */
export type BoardRow = Immutable<z.infer<typeof boardRowSchema>>;

/** What the SQL function `rollout_status` answers, as far as it is shown; the answer holds more. */
export const rolloutStatusSchema = z.object({
  /** Null when nothing was ever deployed. */
  rollout: z
    .object({
      id: z.int(),
      status: z.string(),
      stage: z.string(),
      candidate_hash: z.string(),
      baseline_hash: z.string(),
      started_at: z.string(),
      stage_started_at: z.string(),
      stage_due_at: z.string(),
      ended_at: z.string().nullable(),
      ended_because: z.string().nullable(),
    })
    .nullable(),
  publishing: z.boolean(),
  automatic_rollback: z.boolean(),
  /** What the rows call for, and what a promotion lacks; null unless the rollout runs. */
  decision: decisionSchema.nullable(),
  not_ready: z.array(z.string()).nullable(),
  latest_evaluation: rolloutEvaluationSchema
    .pick({ status_line: true, criteria: true, triggers: true })
    .extend({ evaluated_at: z.string(), stage: z.string() })
    .nullable(),
  /** Newest first. */
  events: z.array(
    z.object({ happened_at: z.string(), kind: z.string(), actor: z.string(), reason: z.string() }),
  ),
  /** At most 60: first what needs attention, then by symbol and horizon. */
  board: z.array(boardRowSchema),
  /** How many rows the whole board has. */
  board_rows: z.int(),
});
export type RolloutStatus = Immutable<z.infer<typeof rolloutStatusSchema>>;
