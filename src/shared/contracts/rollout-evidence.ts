import { z } from 'zod';
import { QUANTILE_LEVELS } from '../numerics/distributions/predictive-distribution.ts';
import type { RolloutEvidence } from '../rollout/rollout-evidence.ts';
import { ensembleNameSchema, horizonSchema, symbolSchema } from './names.ts';

const time = z.iso.datetime({ offset: true });
const subject = { symbol: symbolSchema, horizon: horizonSchema };
const fraction = z.number().gt(0).lt(1);
const count = z.int().nonnegative();

// At once: there may be a million of them, and a schema for each takes half a second.
const quantiles = z
  .custom<readonly number[]>(
    (values) =>
      Array.isArray(values) &&
      values.length === QUANTILE_LEVELS.length &&
      values.every((value, i) => Number.isFinite(value) && (i === 0 || value >= values[i - 1])),
    `must be ${QUANTILE_LEVELS.length} numbers that never decrease`,
  )
  .transform((values) => Float64Array.from(values));
const forecast = z.object({ mean: z.number(), quantiles });

/** The setting `rollout_criteria`. */
export const rolloutCriteriaSchema = z
  .object({
    mean_divergence: fraction,
    largest_divergence: fraction,
    margin: fraction,
    rollback_margin: fraction,
    confidence: z.number().min(0.5).max(0.999),
    minimum_sessions: z.int().min(1),
    health_ratio: z.number().min(1),
    critical_alerts_per_hour: count,
  })
  .refine(
    (criteria) =>
      criteria.margin < criteria.rollback_margin && criteria.mean_divergence < criteria.largest_divergence,
    'the margin lies below the rollback margin, and the mean divergence below the largest',
  );

const timings = z.record(z.string(), z.object({ p95_ms: z.number().nonnegative(), n: count }));
const text = z.string().nullable();

/** What the SQL function `rollout_evidence` answers while a rollout runs. */
export const rolloutEvidenceSchema = z.object({
  rollout: z.object({
    id: z.int().positive(),
    status: z.enum(['running', 'completed', 'rolled_back']),
    stage: z.enum(['canary', 'limited', 'full']),
    started_at: time,
    stage_started_at: time,
    stage_due_at: time,
    candidate_hash: z.string(),
    baseline_hash: z.string(),
    commit_hash: text,
    tests: z.object({ passed: count, failed: count }).nullable(),
  }),
  evidence_at: time,
  criteria: rolloutCriteriaSchema,
  roles: z.array(z.string().min(1)),
  approvals: z.array(z.object({ role: z.string(), actor: z.string(), approved_at: time })),
  symbols: z.array(z.object({ symbol: symbolSchema, horizons: z.array(horizonSchema) })),
  expected: z.array(
    z.object({
      ...subject,
      ensemble: ensembleNameSchema,
      session_date: z.iso.date(),
      data_cutoff: time,
      deadline: time,
      state: z.enum(['there', 'late', 'forecast_missing', 'bar_missing']),
    }),
  ),
  pairs: z.array(
    z.object({
      ...subject,
      data_cutoff: time,
      outcome_time: time,
      realised_return: z.number(),
      candidate: forecast,
      baseline: forecast,
    }),
  ),
  windows: z.array(
    z.object({
      ...subject,
      window_id: count,
      last_bar_time: time,
      divergence: z.number().nonnegative(),
      verdict: z.string(),
      implausible: z.boolean(),
      reasons: z.array(z.string()),
      validated_at: time,
    }),
  ),
  windows_expected: z.array(z.object(subject)),
  dead_jobs: z.array(
    z.object({
      id: z.int().positive(),
      kind: z.string(),
      symbol: text,
      horizon: text,
      ensemble: text,
      code: text,
      message: text,
      finished_at: time.nullable(),
    }),
  ),
  failed_runs: z.array(
    z.object({ id: z.string(), kind: z.string(), code: text, message: text, finished_at: time.nullable() }),
  ),
  errors: z.array(
    z.object({
      id: z.int().positive(),
      source: z.string(),
      code: z.string(),
      message: z.string(),
      occurred_at: time,
    }),
  ),
  health: z.object({ captured: timings, now: timings }),
  evaluations: count,
  alerts_open: z.array(z.object({ ...subject, level: z.string(), opened_at: time })),
}) satisfies z.ZodType<RolloutEvidence>;
