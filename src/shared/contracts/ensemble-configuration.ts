import { z } from 'zod';
import { type EnsembleConfiguration, WEIGHTINGS } from '../ensemble/ensemble-configuration.ts';
import { LARGEST_CONFORMAL_STEP } from '../ensemble/require-configuration.ts';
import { covariatesSchema } from './covariates.ts';
import { ensembleNameSchema, memberNameSchema, symbolSchema } from './names.ts';
import type { ShapeOf } from './shape-of.ts';

/** Chosen hyperparameters of a member, by name. */
export const hyperparametersSchema = z.record(z.string(), z.union([z.number(), z.string(), z.boolean()]));

/** A worker reads the companions' bars anew in every step. */
const MOST_COMPANIONS = 12;

/** Symbols that the LSTM is trained on too. Their order is that of the training samples, so it counts. */
export const companionsSchema = z
  .array(symbolSchema)
  .max(MOST_COMPANIONS)
  .refine((symbols) => new Set(symbols).size === symbols.length, 'a companion may be named once only');

export const conformalStepSchema = z.number().positive().max(LARGEST_CONFORMAL_STEP);

/** An ensemble's configuration as it is stored in `ensembles` and `runs`. */
export const ensembleConfigurationSchema = z.object({
  ensemble: ensembleNameSchema,
  weights: z.partialRecord(memberNameSchema, z.number().positive().max(1)),
  weighting: z.enum(WEIGHTINGS).optional(),
  conformalStep: conformalStepSchema.optional(),
  grids: z.partialRecord(memberNameSchema, z.array(hyperparametersSchema).min(1)).optional(),
  meanFactors: z.array(z.number().min(0).max(1)).min(1),
  companions: companionsSchema.optional(),
  covariates: covariatesSchema.optional(),
  refitEvery: z.int().positive(),
  seed: z.int().nonnegative(),
} satisfies ShapeOf<EnsembleConfiguration>);
