import { z } from 'zod';
import { COVERAGE_LEVELS } from '../scores/coverage.ts';
import { cutList } from './cut-list.ts';
import type { Immutable } from './immutable.ts';
import { horizonSchema, symbolSchema } from './names.ts';

const count = z.int().nonnegative();
const time = z.iso.datetime({ offset: true });

/** Sums of one score over the pairs of an origin, in units of each baseline's scale. */
const scoreSums = {
  candidate: z.number(),
  baseline: z.number(),
  /** Of outcomes that count as no further than 3 scales from the baseline's median. */
  bounded_candidate: z.number(),
  bounded_baseline: z.number(),
};
const floors = z.array(z.number());

/** The pairs of one horizon whose forecasts were made from bars of the same time: the unit of evidence, since symbols move together. */
const forecastOriginSchema = z.object({
  horizon: horizonSchema,
  /** Time of the last bar that both saw. Its date is the session's: bars of a day are at midnight UTC, half sessions by day. */
  data_cutoff: time,
  pairs: z.int().positive(),
  /**
   * CRPS. `floors_below`: by ratio r, the sum of the least that each r * baseline - candidate could be, whatever came; outcomes bounded for r < 1. `floors_above`: of
   * candidate - r * baseline; bounded for r > 1.
   */
  crps: z.object({ ...scoreSums, floors_below: floors, floors_above: floors }),
  /** Squared errors of the means; `difference`: of the two means. Floors of bounded outcomes, with r^2 for r: below for the ratios up to 1, above from 1 on. */
  squares: z.object({ ...scoreSums, difference: z.number(), floors_below: floors, floors_above: floors }),
  /** How many outcomes lay within the candidate's intervals, at `COVERAGE_LEVELS`. */
  covered: z.array(count).length(COVERAGE_LEVELS.length),
});
export type ForecastOrigin = Immutable<z.infer<typeof forecastOriginSchema>>;

/** What the forecasts of both ensembles are compared on, as sums over pairs: the stage's latest 60 sessions. */
export const comparedEvidenceSchema = z
  .object({
    /** Ascending; 1 is among them. */
    ratios: z.array(z.number().positive()),
    origins: z.array(forecastOriginSchema),
    /** Pairs that have come true and are yet to be compared. */
    waiting: count,
    /** Pairs that cannot be compared: the baseline has no width, or a figure is missing. */
    unusable: cutList(z.object({ symbol: symbolSchema, horizon: horizonSchema, data_cutoff: time })),
  })
  .refine(
    ({ ratios, origins }) =>
      ratios.every((ratio, i) => i === 0 || ratio > ratios[i - 1]) &&
      origins.every(
        ({ crps, squares }) =>
          crps.floors_below.length === ratios.length &&
          crps.floors_above.length === ratios.length &&
          squares.floors_below.length === ratios.filter((ratio) => ratio <= 1).length &&
          squares.floors_above.length === ratios.filter((ratio) => ratio >= 1).length,
      ),
    'the ratios ascend, and every origin has a floor for each',
  );
export type ComparedEvidence = Immutable<z.infer<typeof comparedEvidenceSchema>>;
