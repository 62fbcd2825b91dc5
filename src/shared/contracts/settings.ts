import { z } from 'zod';
import type { DivergenceLevels } from '../divergence/alert-level.ts';
import { ON_MEMBER_FAILURE } from '../ensemble/dropped-member.ts';
import type { WindowSizes } from '../ensemble/ensemble-configuration.ts';
import { MINIMUM_PART_BARS } from '../evaluation/rolling-windows.ts';
import type { DirectionThresholds } from '../synthesis/direction.ts';
import type { Immutable } from './immutable.ts';
import { horizonSchema } from './names.ts';
import { parse } from './parse.ts';
import type { ShapeOf } from './shape-of.ts';

const size = z.int().min(MINIMUM_PART_BARS);
const fraction = z.number().gt(0).lt(1);
const factor = z.number().gt(1);

/** What becomes of an ensemble when a member fails. */
export const onMemberFailureSchema = z.enum(ON_MEMBER_FAILURE);

/** Sizes of a window in bars. */
export const windowSizesSchema = z.object({
  train: size,
  validation: size,
  test: size,
  step: z.int().positive(),
} satisfies ShapeOf<WindowSizes>);

/** Divergence above which each level begins. */
export const divergenceLevelsSchema = z.object({
  warning: fraction,
  overfitting: fraction,
  critical: fraction,
} satisfies ShapeOf<DivergenceLevels>);

/** The probability of a positive return from which on a direction is stated. */
export const directionThresholdsSchema = z.object({
  bullish: z.number().min(0.5).lt(1),
  bearish: z.number().gt(0).max(0.5),
} satisfies ShapeOf<DirectionThresholds>);

/** What a stage is judged by. Fractions unless said otherwise. */
export const rolloutCriteriaSchema = z
  .object({
    /** The candidate's mean divergence must stay below it. */
    mean_divergence: fraction,
    /** One window above it rolls back. The database judges it. */
    largest_divergence: fraction,
    /** How much worse than the baseline's the candidate's RMSE and CRPS may be: 0.05 is 5 %. */
    margin: fraction,
    /** How much worse, beyond doubt, rolls back. */
    rollback_margin: fraction,
    /** Of every interval and sequential test. */
    confidence: z.number().min(0.5).max(0.999),
    /** Sessions without which no stage passes; a count. */
    minimum_sessions: z.int().min(1),
    /** How many times what deploy captured the p95 of queries may be. */
    health_ratio: z.number().min(1),
    /** More of them roll back; a count. The database judges it. */
    critical_alerts_per_hour: z.int().nonnegative(),
  })
  .refine(
    (criteria) =>
      criteria.margin < criteria.rollback_margin && criteria.mean_divergence < criteria.largest_divergence,
    'the margin lies below the rollback margin, and the mean divergence below the largest',
  );
export type RolloutCriteria = Immutable<z.infer<typeof rolloutCriteriaSchema>>;

/** The settings that are read outside the database, by their name in the table `settings`. */
const SETTINGS = {
  on_member_failure: onMemberFailureSchema,
  window_sizes: z.partialRecord(horizonSchema, windowSizesSchema),
  divergence_levels: divergenceLevelsSchema,
  direction_thresholds: directionThresholdsSchema,
  /** By how much a price is believed to move: a factor by symbol, and one for all others. */
  largest_move: z.object({ default: factor }).catchall(factor),
  /** False is the kill switch. */
  publishing_enabled: z.boolean(),
  rollout_criteria: rolloutCriteriaSchema,
};

export type SettingName = keyof typeof SETTINGS;
export type Setting<Name extends SettingName> = Immutable<z.output<(typeof SETTINGS)[Name]>>;

/** @param value as the table has it @throws InvalidInputError `invalid_input` */
export function parseSetting<Name extends SettingName>(name: Name, value: unknown): Setting<Name> {
  return parse(SETTINGS[name], value, `The setting ${name}`) as Setting<Name>;
}
