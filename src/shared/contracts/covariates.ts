import { z } from 'zod';
import { COVARIATE_MEASURES, type CovariateName } from '../series/covariate.ts';
import { symbolSchema } from './names.ts';
import type { ShapeOf } from './shape-of.ts';

/** A worker reads the covariates' bars anew in every step. */
const MOST_COVARIATES = 12;

export const covariateMeasureSchema = z.enum(
  COVARIATE_MEASURES,
  'a covariate is read by its level or its range',
);

const covariateNameSchema = z.object({
  symbol: symbolSchema,
  measure: covariateMeasureSchema,
} satisfies ShapeOf<CovariateName>);

/** Series that an ensemble may read beside the symbol's own. Their order is that of the columns, so it counts. */
export const covariatesSchema = z
  .array(covariateNameSchema)
  .max(MOST_COVARIATES)
  .refine(
    (names) => new Set(names.map(({ symbol, measure }) => `${symbol}:${measure}`)).size === names.length,
    'a covariate may be named once only',
  );

/** A covariate as it is written: `VIX` for its level, `SPY:range` for its range. */
const writtenCovariateSchema = z.string().transform((text, context): CovariateName => {
  const [, symbol, range] = /^([^:]*)(:range)?$/.exec(text) ?? [];
  const parsed = symbolSchema.safeParse(symbol);
  if (parsed.success) return { symbol: parsed.data, measure: range === undefined ? 'level' : 'range' };
  const message = 'a covariate is a symbol, as VIX, or SYMBOL:range for its range, as SPY:range';
  context.addIssue({ code: 'custom', message });
  return z.NEVER;
});

/** Covariates as they are written, each a text. */
export const writtenCovariatesSchema = z.array(writtenCovariateSchema).pipe(covariatesSchema);
