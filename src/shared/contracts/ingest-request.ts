import { z } from 'zod';
import { RECEIVED_TIMEFRAMES } from '../series/series.ts';
import { calendarNameSchema } from './calendar.ts';
import { commaSeparated } from './comma-separated.ts';
import { covariateMeasureSchema } from './covariates.ts';
import { symbolSchema } from './names.ts';

/** The timeframes of bars that are received. */
export const receivedTimeframeSchema = z.enum(
  RECEIVED_TIMEFRAMES,
  '8h bars are made from 4h bars: a timeframe is 1D or 4h',
);

const date = z.iso.date('a date is YYYY-MM-DD');

const replace = z
  .union(
    [z.boolean(), z.stringbool({ truthy: ['true'], falsy: ['false'], case: 'sensitive' })],
    'true or false',
  )
  .default(false);

/**
 * Where bars come from and what they are, beside the bars themselves: body of a JSON upload, or the query of a CSV
 * upload to `POST /functions/v1/ingest-bars`. Defaults: timeframe `1D`, feed `file`; adjustment: what the file says,
 * else what is stored; from and to: all rows; replace false: with `true` the upload is the whole series from now on,
 * and stored bars that it lacks are deleted; calendar: the symbol's own, of a new symbol New York's; covariate: the
 * symbol's own, of a new symbol none: see `register_covariate`.
 */
export const uploadSchema = z.strictObject({
  symbol: symbolSchema,
  timeframe: receivedTimeframeSchema.default('1D'),
  provider: z.literal('csv', 'only provider csv is available in this version').default('csv'),
  feed: z
    .string()
    .regex(/^[a-z0-9_-]{1,32}$/, 'a feed is 1 to 32 of a-z, 0-9, "_" and "-"')
    .default('file'),
  adjustment: z.enum(['raw', 'split', 'dividend', 'all']).optional(),
  from: date.optional(),
  to: date.optional(),
  replace,
  calendar: calendarNameSchema.optional(),
  covariate: covariateMeasureSchema.optional(),
});

/** A JSON upload: the above and the CSV text. */
export const jsonUploadSchema = uploadSchema.extend({ csv: z.string() });

/**
 * How scheduled events are stored, beside the events themselves: the query of a CSV upload to
 * `POST /functions/v1/ingest-bars/events`. Defaults: symbols: all rows; replace false: with `true`, dates after today
 * that the upload does not name are deleted, of the symbols and kinds that it names.
 */
export const eventUploadSchema = z.strictObject({
  symbols: commaSeparated(z.array(symbolSchema)).optional(),
  replace,
});

/** A JSON upload: the above, symbols as a list, and the CSV text. */
export const jsonEventUploadSchema = eventUploadSchema.extend({
  symbols: z.array(symbolSchema).optional(),
  csv: z.string(),
});
