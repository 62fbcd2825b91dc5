import { z } from 'zod';
import { horizonSchema, symbolSchema } from './names.ts';

/** The most symbols one request may name. */
const MAXIMUM_SYMBOLS_PER_REQUEST = 50;

/** Body of `POST /functions/v1/forecast`. `horizon` defaults to `1D`; repeated symbols count once. */
export const forecastRequestSchema = z
  .strictObject({
    symbols: z
      .array(symbolSchema)
      .min(1, 'name at least one symbol')
      .max(MAXIMUM_SYMBOLS_PER_REQUEST, `at most ${MAXIMUM_SYMBOLS_PER_REQUEST} symbols in one request`),
    horizon: horizonSchema.default('1D'),
  })
  .transform((request) => ({ ...request, symbols: [...new Set(request.symbols)] }));

/** The `run` of `GET /functions/v1/forecast?run=ID`. */
export const runIdSchema = z.uuid('run is a UUID, as the 202 answer gave it');
