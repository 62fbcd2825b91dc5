import { z } from 'zod';
import type { ReceivedTimeframe, Timeframe } from '../series/series.ts';

/** A ticker: 1 to 16 of A-Z, 0-9, dot, underscore and hyphen, beginning with a letter or digit. */
export const symbolSchema = z
  .string()
  .regex(/^[A-Z0-9][A-Z0-9._-]{0,15}$/, 'a symbol is 1 to 16 of A-Z, 0-9, ".", "_" and "-", upper case');

/** The horizons that the design knows. */
export const horizonSchema = z.enum(['1D', '4h', '8h']);
export type Horizon = z.infer<typeof horizonSchema>;

export const ensembleNameSchema = z.enum(['candidate', 'baseline']);

export const memberNameSchema = z.enum(['LSTM', 'ARIMA_GARCH', 'GB', 'TRANSFORMER']);

/** The timeframe of the bars that a horizon is forecast from. */
export function timeframeOf(horizon: Horizon): Timeframe {
  return horizon;
}

/** The timeframe of the bars that must be received for a horizon: those of `8h` are made from half sessions. */
export function receivedTimeframeOf(horizon: Horizon): ReceivedTimeframe {
  return horizon === '8h' ? '4h' : horizon;
}
