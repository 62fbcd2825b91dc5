import { z } from 'zod';
import type { Immutable } from './immutable.ts';
import { jsonSchema } from './json.ts';

/** From worst to best. `insufficient` holds the stage, and says what is missing. */
export const VERDICTS = ['fail', 'insufficient', 'pass'] as const;
export const verdictSchema = z.enum(VERDICTS);
export type Verdict = z.infer<typeof verdictSchema>;

/** What the rows of a stage call for, as the SQL function `rollout_decision` says it. */
export const decisionSchema = z.enum(['promote', 'hold', 'do not promote', 'roll back']);

/** In the order in which they are shown. */
export const CRITERION_NAMES = [
  'duration',
  'forecast_coverage',
  'divergence',
  'rmse',
  'crps',
  'errors',
  'database_health',
  'interval_coverage',
  'tests',
  'approvals',
] as const;

/** By name; numbers are never NaN or infinite. */
const figuresSchema = z.record(z.string(), jsonSchema);
export type Figures = Immutable<z.infer<typeof figuresSchema>>;

/** What was found of one criterion: a row of the evaluation. */
const criterionResultSchema = z.object({
  criterion: z.enum(CRITERION_NAMES),
  verdict: verdictSchema,
  /** How much it rests on: sessions, windows, forecasts, timings. The sentence says of what. */
  n: z.number(),
  figures: figuresSchema,
  sentence: z.string(),
  /** How many more sessions (bars of a day) it is likely to need; null when that is not what it needs, or cannot be told. */
  bars_needed: z.number().nullable(),
});
export type CriterionResult = Immutable<z.infer<typeof criterionResultSchema>>;

/** Something that rolls back. */
export const rolloutTriggerSchema = z.object({
  trigger: z.enum(['rmse_worse', 'crps_worse', 'divergence']),
  /** `AAPL 1D`, or the horizon alone; null for the whole. */
  subject: z.string().nullable(),
  figures: figuresSchema,
  sentence: z.string(),
});
export type RolloutTrigger = Immutable<z.infer<typeof rolloutTriggerSchema>>;

/** What the judge found of a stage: what `store_evaluation` takes. */
export const rolloutEvaluationSchema = z.object({
  evidence_at: z.string(),
  code_version: z.string(),
  /** The worst of the criteria's. */
  verdict: verdictSchema,
  /** One sentence, computed from the criteria. */
  status_line: z.string(),
  /** One row each, in the order of {@link CRITERION_NAMES}. */
  criteria: z.array(criterionResultSchema),
  /** Empty when nothing would roll back. */
  triggers: z.array(rolloutTriggerSchema),
});
export type RolloutEvaluation = Immutable<z.infer<typeof rolloutEvaluationSchema>>;

/** What the SQL function `store_evaluation` answers. */
export const storedEvaluationSchema = z.object({
  evaluation_id: z.int(),
  verdict: verdictSchema,
  decision: decisionSchema,
  rolled_back: z.boolean(),
});
export type StoredEvaluation = Immutable<z.infer<typeof storedEvaluationSchema>>;
