import { z } from 'zod';
import type { EnsembleReport } from '../report/ensemble-report.ts';
import { ensembleConfigurationSchema } from './ensemble-configuration.ts';
import { ensembleNameSchema, horizonSchema, symbolSchema } from './names.ts';

const share = z.number().min(0).max(1);
const ratio = z.number().nonnegative();

/** See `Figures`: scores of a model on test bars, in the unit of log returns but for the log score. */
export const figuresSchema = z.object({
  n: z.int().positive(),
  rmse: z.number().nonnegative(),
  rmse_ratio: ratio,
  mae: z.number().nonnegative(),
  mae_ratio: ratio,
  directional_accuracy: share.nullable(),
  base_rate: share.nullable(),
  crps: z.number().nonnegative(),
  crps_ratio: ratio,
  crps_t: z.number().nullable(),
  log_score: z.number(),
  log_score_gain: z.number(),
  pinball_05: z.number().nonnegative(),
  pinball_05_ratio: ratio,
  pinball_95: z.number().nonnegative(),
  pinball_95_ratio: ratio,
  coverage: z.array(
    z.object({
      level: share,
      share,
      by_tercile: z.tuple([share, share, share]),
      by_position: z.tuple([share, share]).optional(),
    }),
  ),
});

/** Figures by model: `ensemble`, its members in the other combination, each member alone, each baseline. */
const modelsSchema = z.record(z.string(), figuresSchema);

const gapTestSchema = z.object({ gap: z.number(), p_value: share, floor: z.number() });

/** What the overfitting tests found in a window. */
const overfittingSchema = z.object({
  divergence: z.number(),
  crps_divergence: z.number(),
  selection_gap: z.object({ squared_error: gapTestSchema, crps: gapTestSchema }),
  fit_optimism: z.object({ squared_error: gapTestSchema, crps: gapTestSchema }),
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

const calibrationSchema = z.object({
  method: z.enum(['calibrated', 'preset']),
  samples: z.int().nonnegative(),
  span_days: z.int().nonnegative(),
  reason_code: z.string().nullable(),
  reason: z.string().nullable(),
  weights_at_start: z.record(z.string(), share),
  weights_at_end: z.record(z.string(), share),
});

const windowSchema = z.object({
  symbol: symbolSchema,
  window_id: z.int().nonnegative(),
  first_bar_time: z.string(),
  data_cutoff: z.string(),
  last_bar_time: z.string(),
  train_rmse: z.number(),
  val_rmse: z.number(),
  test_rmse: z.number(),
  weights: z.record(z.string(), share),
  /** What became of calibrated weights, whether the ensemble goes by them or they are shown beside it. */
  calibration: calibrationSchema,
  hyperparameters: z.record(z.string(), z.record(z.string(), z.union([z.number(), z.string(), z.boolean()]))),
  mean_factor: share,
  models: modelsSchema,
  overfitting: overfittingSchema,
});

/** How the windows of a symbol, or of all, were judged. */
const verdictsSchema = z.object({
  windows: z.int().positive(),
  overfitting: z.int().nonnegative(),
  implausible: z.int().nonnegative(),
  /** Windows whose divergence is above 0.15, 0.20, 0.30. */
  divergence_above: z.object({ '0.15': z.int(), '0.20': z.int(), '0.30': z.int() }),
  /** The same of the raw |val - test| / val, for comparison. */
  raw_divergence_above: z.object({ '0.15': z.int(), '0.20': z.int(), '0.30': z.int() }),
});

/** What the overfitting tests found in all windows of a symbol together. */
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

const symbolReportSchema = z.object({
  symbol: symbolSchema,
  models: modelsSchema,
  verdicts: verdictsSchema,
  overfitting: pooledOverfittingSchema,
});

/** What `npm run evaluate` writes about one ensemble. */
export const ensembleReportSchema = z.object({
  ensemble: ensembleNameSchema,
  config_hash: z.string(),
  configuration: ensembleConfigurationSchema,
  windows: z.array(windowSchema).min(1),
  symbols: z.array(symbolReportSchema).min(1),
  pooled: z.object({ models: modelsSchema, verdicts: verdictsSchema }),
}) satisfies z.ZodType<EnsembleReport>;

/** What `npm run evaluate` writes. */
export const evaluationReportSchema = z.object({
  code_version: z.string(),
  /** ISO 8601 in UTC. */
  created_at: z.iso.datetime(),
  horizon: horizonSchema,
  sizes: z.object({ train: z.int(), validation: z.int(), test: z.int(), step: z.int() }),
  /** Inclusive; of the bars that were used. */
  from: z.string().nullable(),
  to: z.string().nullable(),
  ensembles: z.array(ensembleReportSchema).min(1),
});

/** What `npm run evaluate` writes. */
export type EvaluationReport = z.infer<typeof evaluationReportSchema>;
