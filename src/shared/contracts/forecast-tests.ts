import { z } from 'zod';
import type { Immutable } from './immutable.ts';

const probability = z.number().min(0).max(1);

/** A p value, and the same adjusted for all tests of its family; see `symbolTests`. */
const pValues = { p_value: probability, p_value_holm: probability };

const likelihoodRatioSchema = z.object({ statistic: z.number().nonnegative(), ...pValues });

/** Whether an interval covered what it promises, and whether what it missed came one by one. */
const coverageTestsSchema = z.object({
  level: probability,
  /** Bars that came outside of the interval. */
  outside: z.int().nonnegative(),
  /** That (1 - level) of the bars come outside (Kupiec 1995). */
  kupiec: likelihoodRatioSchema,
  /** That a bar outside does not make the next one likelier (Christoffersen 1998). */
  christoffersen_independence: likelihoodRatioSchema,
  /** Both at once. */
  christoffersen_conditional: likelihoodRatioSchema,
});

const dieboldMarianoSchema = z.object({
  /** CRPS of the model less that of filtered historical simulation; negative when the model is better. */
  mean_difference: z.number(),
  statistic: z.number(),
  /** Two-sided. */
  ...pValues,
});

/** The models that cannot be told from the best one by their CRPS (Hansen, Lunde and Nason 2011). */
export const confidenceSetSchema = z.object({
  /** Probability that the set holds the best model. */
  level: probability,
  /** By model: the smallest 1 - level at which it is not in the set, and whether it is. */
  models: z.record(z.string(), z.object({ p_value: probability, included: z.boolean() })),
});
export type ConfidenceSet = Immutable<z.infer<typeof confidenceSetSchema>>;

/** What tests say of a symbol's forecasts, all windows together. */
export const symbolTestsSchema = z.object({
  confidence_set: confidenceSetSchema,
  models: z.record(
    z.string(),
    z.object({
      /** Null where no bar's CRPS differs from that of filtered historical simulation. */
      diebold_mariano: dieboldMarianoSchema.nullable(),
      coverage: z.array(coverageTestsSchema),
    }),
  ),
});
export type SymbolTests = Immutable<z.infer<typeof symbolTestsSchema>>;
