import { z } from 'zod';
import { ENSEMBLE_NAMES } from '../ensemble/ensemble-configuration.ts';
import { MEMBER_NAMES } from '../models/forecaster.ts';
import { EVALUATED_HORIZONS, HORIZONS } from '../series/horizon.ts';

/** A ticker: 1 to 16 of A-Z, 0-9, dot, underscore and hyphen, beginning with a letter or digit. */
export const symbolSchema = z
  .string()
  .regex(/^[A-Z0-9][A-Z0-9._-]{0,15}$/, 'a symbol is 1 to 16 of A-Z, 0-9, ".", "_" and "-", upper case');

export const horizonSchema = z.enum(HORIZONS, {
  error: ({ input }) =>
    EVALUATED_HORIZONS.some((horizon) => horizon === input)
      ? `only npm run evaluate knows this horizon so far: use ${HORIZONS.join(', ')}`
      : undefined,
});

/** A horizon of an evaluation, of which nothing is stored. */
export const evaluatedHorizonSchema = z.enum(EVALUATED_HORIZONS);

export const ensembleNameSchema = z.enum(ENSEMBLE_NAMES);

export const memberNameSchema = z.enum(MEMBER_NAMES);

/** The stages of a rollout, in order. */
export const rolloutStageSchema = z.enum(['canary', 'limited', 'full']);
