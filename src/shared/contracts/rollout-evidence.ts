import { z } from 'zod';
import { comparedEvidenceSchema } from './compared-evidence.ts';
import { cutList } from './cut-list.ts';
import type { Immutable } from './immutable.ts';
import { ensembleNameSchema, horizonSchema, rolloutStageSchema, symbolSchema } from './names.ts';
import { rolloutTriggerSchema } from './rollout-evaluation.ts';
import { rolloutCriteriaSchema } from './settings.ts';

// Times are ISO 8601.
const time = z.iso.datetime({ offset: true });
const subject = { symbol: symbolSchema, horizon: horizonSchema };
const count = z.int().nonnegative();
const text = z.string().nullable();

/** A forecast that was to be there before its deadline, and was not. */
const absentForecastSchema = z.object({
  ...subject,
  ensemble: ensembleNameSchema,
  session_date: z.iso.date(),
  data_cutoff: time,
  deadline: time,
  /** `bar_missing`: the bar it was to be made from did not come. */
  state: z.enum(['late', 'forecast_missing', 'bar_missing']),
});
export type AbsentForecast = Immutable<z.infer<typeof absentForecastSchema>>;

/** Forecasts that were to be there, by session: the stage's latest 60. */
const expectedForecastsSchema = z.object({
  /** How many of the candidate's are in each state, and how many of the baseline's are not there; oldest first. */
  sessions: z.array(
    z.object({
      session_date: z.iso.date(),
      there: count,
      late: count,
      forecast_missing: count,
      bar_missing: count,
      baseline_not_there: count,
    }),
  ),
  /** The newest 50 of the candidate's in each state, and of the baseline's; oldest first. */
  not_there: z.array(absentForecastSchema),
  /** Where none of the candidate was due yet. */
  nothing_due: cutList(z.object(subject)),
});

/** The latest window of the candidate for a symbol and horizon. */
const judgedWindowSchema = z.object({
  ...subject,
  window_id: count,
  last_bar_time: time,
  divergence: z.number().nonnegative(),
  verdict: z.string(),
  /** Whether its skill is too good to be true. */
  implausible: z.boolean(),
  reasons: z.array(z.string()),
  validated_at: time,
});

/** A window of the candidate above `largest_divergence`, as the database found it: the rule stands in SQL alone. */
const divergenceTriggerSchema = rolloutTriggerSchema.extend({
  trigger: z.literal('divergence'),
  subject: z.string(),
  figures: z.object({ divergence: z.number(), window_id: count, allowed: z.number() }),
});

/** Durations of one query: the 95th percentile in milliseconds, and how many were timed. */
const queryTimingSchema = z.object({ p95_ms: z.number().nonnegative(), n: count });
const timings = z.record(z.string(), queryTimingSchema);

/** The rollout that is judged. */
const judgedRolloutSchema = z.object({
  id: z.int().positive(),
  status: z.enum(['running', 'completed', 'rolled_back']),
  stage: rolloutStageSchema,
  started_at: time,
  stage_started_at: time,
  stage_due_at: time,
  candidate_hash: z.string(),
  baseline_hash: z.string(),
  commit_hash: text,
  /** Of the deployed commit; null: they were not run. */
  tests: z.object({ passed: count, failed: count }).nullable(),
});
export type JudgedRollout = Immutable<z.infer<typeof judgedRolloutSchema>>;

/** Everything a stage is judged on, of one moment: what the SQL function `rollout_evidence` answers while a rollout runs. */
export const rolloutEvidenceSchema = z.object({
  rollout: judgedRolloutSchema,
  /** The database's time. */
  evidence_at: time,
  /** The setting `rollout_criteria`. */
  criteria: rolloutCriteriaSchema,
  /** The setting `rollout_roles`: whose approval a promotion needs. */
  roles: z.array(z.string().min(1)),
  /** Of this stage. */
  approvals: z.array(z.object({ role: z.string(), actor: z.string(), approved_at: time })),
  /** What the candidate is forecast on. */
  symbols: z.array(z.object({ symbol: symbolSchema, horizons: z.array(horizonSchema) })),
  expected: expectedForecastsSchema,
  compared: comparedEvidenceSchema,
  windows: z.array(judgedWindowSchema),
  /** What the database alone judges and what lasts; the judge shows it. */
  triggers: z.array(divergenceTriggerSchema),
  /** Jobs that ended dead since the stage began, by a fault of the candidate, of the judge or of the bars (the SQL function `failure_class`). */
  dead_jobs: cutList(
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
  failed_runs: cutList(
    z.object({ id: z.string(), kind: z.string(), code: text, message: text, finished_at: time.nullable() }),
  ),
  /** Errors that nobody handled, of the candidate's worker or of the judge. */
  errors: cutList(
    z.object({
      id: z.int().positive(),
      source: z.string(),
      code: z.string(),
      message: z.string(),
      occurred_at: time,
    }),
  ),
  /** How many dead jobs and errors are not held against the candidate, by whose fault they are: `baseline`, `platform`, `request`. */
  set_aside: z.record(z.string(), count),
  /** `captured`: before deploy changed anything. */
  health: z.object({ captured: timings, now: timings }),
  /** Earlier evaluations of this stage. */
  evaluations: count,
  alerts_open: cutList(z.object({ ...subject, level: z.string(), opened_at: time })),
});
export type RolloutEvidence = Immutable<z.infer<typeof rolloutEvidenceSchema>>;
