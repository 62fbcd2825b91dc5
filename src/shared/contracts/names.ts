import { z } from 'zod';
import { HORIZONS } from '../series/horizon.ts';

/** A ticker: 1 to 16 of A-Z, 0-9, dot, underscore and hyphen, beginning with a letter or digit. */
export const symbolSchema = z
  .string()
  .regex(/^[A-Z0-9][A-Z0-9._-]{0,15}$/, 'a symbol is 1 to 16 of A-Z, 0-9, ".", "_" and "-", upper case');

export const horizonSchema = z.enum(HORIZONS);

export const ensembleNameSchema = z.enum(['candidate', 'baseline']);

export const memberNameSchema = z.enum(['LSTM', 'ARIMA_GARCH', 'GB', 'TRANSFORMER']);
