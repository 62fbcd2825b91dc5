import { z } from 'zod';
import { ensembleConfigurationSchema, hyperparametersSchema } from './ensemble-configuration.ts';
import { confidenceSetSchema, symbolTestsSchema } from './forecast-tests.ts';
import type { Immutable } from './immutable.ts';
import { ensembleNameSchema, evaluatedHorizonSchema, symbolSchema } from './names.ts';

const share = z.number().min(0).max(1);
const ratio = z.number().nonnegative();

/** Of one prediction interval. */
const coverageSchema = z.object({
  level: share,
  /** Of the returns that lay within it. */
  share,
  /** In the calm, the middle and the stormy third of the bars, by the scale that filtered historical simulation forecast. */
  by_tercile: z.tuple([share, share, share]),
  /** In the first and in the second halves of the sessions; only of half-session bars. */
  by_position: z.tuple([share, share]).optional(),
  /** On the sessions of announcements and the next ones; only where there are any. */
  on_events: share.optional(),
});
export type Coverage = Immutable<z.infer<typeof coverageSchema>>;

/** How good a model was on its test bars. Scores in the unit of log returns (fractions), but for the log score. */
const figuresSchema = z.object({
  /** Bars that were forecast. */
  n: z.int().positive(),
  rmse: z.number().nonnegative(),
  /** Over that of "no change". */
  rmse_ratio: ratio,
  mae: z.number().nonnegative(),
  mae_ratio: ratio,
  /** Share of returns whose sign the mean had; null when none had one. */
  directional_accuracy: share.nullable(),
  /** Share of positive returns: what always saying "up" would have had. */
  base_rate: share.nullable(),
  crps: z.number().nonnegative(),
  /** Over that of filtered historical simulation. */
  crps_ratio: ratio,
  /** Of the CRPS difference to it, days as clusters; negative when the model is better. */
  crps_t: z.number().nullable(),
  /** Mean log density at what came true; larger is better. */
  log_score: z.number(),
  /** Less that of filtered historical simulation. */
  log_score_gain: z.number(),
  pinball_05: z.number().nonnegative(),
  pinball_05_ratio: ratio,
  pinball_95: z.number().nonnegative(),
  pinball_95_ratio: ratio,
  /** Of the interval of each nominal coverage. */
  coverage: z.array(coverageSchema),
});
export type Figures = Immutable<z.infer<typeof figuresSchema>>;

/**
 * Figures by model: `ensemble`, the same members in the other combination (`calibrated` or `simple_avg`), each member
 * alone, `no_change`, `fhs`, `fhs_events` (the same with the symbol's events; only where any symbol of the evaluation
 * has some) and the further benchmarks.
 */
const modelsSchema = z.record(z.string(), figuresSchema);
export type ModelFigures = Immutable<z.infer<typeof modelsSchema>>;

/** What a gap test found; see `GapTest`. */
const gapTestSchema = z.object({ gap: z.number(), p_value: share, floor: z.number() });
const gapTestsSchema = z.object({ squared_error: gapTestSchema, crps: gapTestSchema });
export type GapReport = Immutable<z.infer<typeof gapTestsSchema>>;

/** What the overfitting tests found in a window; named like the columns of `overfitting_tests`. */
const overfittingSchema = z.object({
  divergence: z.number(),
  crps_divergence: z.number(),
  selection_gap: gapTestsSchema,
  fit_optimism: gapTestsSchema,
  backtest_overfitting_probability: share.nullable(),
  trials: z.int().nonnegative(),
  selection_bias: z.number().nullable(),
  foresight: z.object({ mean: z.number().min(-1).max(1), scale: z.number().min(-1).max(1) }),
  volatility_shift: z.number(),
  raw_divergence: z.number(),
  is_overfitting: z.boolean(),
  is_implausible: z.boolean(),
  reasons: z.array(z.string()),
});
export type OverfittingReport = Immutable<z.infer<typeof overfittingSchema>>;

/** What became of calibrated weights in a window, whether the ensemble goes by them or they are shown beside it. */
const calibrationSchema = z.object({
  /** `preset` when they were refused or reverted. */
  method: z.enum(['calibrated', 'preset']),
  /** Scored forecasts of validation, and the days they span. */
  samples: z.int().nonnegative(),
  span_days: z.int().nonnegative(),
  reason_code: z.string().nullable(),
  reason: z.string().nullable(),
  /** For the first and for the last test bar. */
  weights_at_start: z.record(z.string(), share),
  weights_at_end: z.record(z.string(), share),
});
export type CalibrationReport = Immutable<z.infer<typeof calibrationSchema>>;

/** One window; named like the columns of `ensemble_validation_metrics`. */
const windowSchema = z.object({
  symbol: symbolSchema,
  window_id: z.int().nonnegative(),
  first_bar_time: z.string(),
  data_cutoff: z.string(),
  last_bar_time: z.string(),
  train_rmse: z.number(),
  val_rmse: z.number(),
  test_rmse: z.number(),
  /** The preset. */
  weights: z.record(z.string(), share),
  calibration: calibrationSchema,
  hyperparameters: z.record(z.string(), hyperparametersSchema),
  mean_factor: share,
  models: modelsSchema,
  overfitting: overfittingSchema,
});
export type WindowReport = Immutable<z.infer<typeof windowSchema>>;

/** Windows above each level. */
const aboveLevelsSchema = z.object({ '0.15': z.int(), '0.20': z.int(), '0.30': z.int() });

/** How the windows of a symbol, or of all, were judged. */
const verdictsSchema = z.object({
  windows: z.int().positive(),
  overfitting: z.int().nonnegative(),
  implausible: z.int().nonnegative(),
  divergence_above: aboveLevelsSchema,
  /** The same of the raw |val - test| / val, for comparison. */
  raw_divergence_above: aboveLevelsSchema,
});
export type Verdicts = Immutable<z.infer<typeof verdictsSchema>>;

/** What the overfitting tests found in all windows of a symbol together; see `assessPooled`. */
const pooledOverfittingSchema = overfittingSchema.pick({
  divergence: true,
  crps_divergence: true,
  selection_gap: true,
  fit_optimism: true,
  selection_bias: true,
  foresight: true,
  is_overfitting: true,
  is_implausible: true,
  reasons: true,
});
export type PooledOverfittingReport = Immutable<z.infer<typeof pooledOverfittingSchema>>;

const symbolReportSchema = z.object({
  symbol: symbolSchema,
  models: modelsSchema,
  verdicts: verdictsSchema,
  overfitting: pooledOverfittingSchema,
  tests: symbolTestsSchema,
});

/** What `npm run evaluate` writes about one ensemble. */
export const ensembleReportSchema = z.object({
  ensemble: ensembleNameSchema,
  config_hash: z.string(),
  configuration: ensembleConfigurationSchema,
  windows: z.array(windowSchema).min(1),
  symbols: z.array(symbolReportSchema).min(1),
  pooled: z.object({ models: modelsSchema, verdicts: verdictsSchema, confidence_set: confidenceSetSchema }),
});
export type EnsembleReport = Immutable<z.infer<typeof ensembleReportSchema>>;

/** Scheduled events within a symbol's bars. */
const eventsReportSchema = z.object({
  symbol: symbolSchema,
  count: z.int().positive(),
  /** Dates of the first and the last. */
  first: z.iso.date(),
  last: z.iso.date(),
});
export type EventsReport = z.infer<typeof eventsReportSchema>;

/** What `npm run evaluate` writes. */
export const evaluationReportSchema = z.object({
  code_version: z.string(),
  /** ISO 8601 in UTC. */
  created_at: z.iso.datetime(),
  horizon: evaluatedHorizonSchema,
  sizes: z.object({ train: z.int(), validation: z.int(), test: z.int(), step: z.int() }),
  /** Inclusive; of the bars that were used. */
  from: z.string().nullable(),
  to: z.string().nullable(),
  /**
   * Of the symbols that have any: what the models knew beside the bars. The covariates are in each ensemble's
   * configuration.
   */
  events: z.array(eventsReportSchema).default([]),
  /** Files of the directory that were not read. */
  left_out: z.array(z.object({ file: z.string(), reason: z.string() })).default([]),
  /** Symbols that were not evaluated, and why. */
  refused: z.array(z.object({ symbol: z.string(), code: z.string(), message: z.string() })).default([]),
  ensembles: z.array(ensembleReportSchema).min(1),
});
export type EvaluationReport = Immutable<z.infer<typeof evaluationReportSchema>>;
