import type { PartScores } from './part-scores.ts';

/**
 * A relative score below this counts as this: a model that is a hundred times better than its benchmark on the bars it saw
 * is a memoriser, whatever the further digits, and a score of 0 must still give a number.
 */
const SMALLEST_RELATIVE_SCORE = 0.01;

/** How a model's score relative to its benchmark worsens from part to part. */
export interface RelativeDivergence {
  /** Model's score over the benchmark's, by part; below 1 the model is better. */
  readonly relative: PartScores;
  /** Relative worsening from train to validation, a fraction; negative where it improves. */
  readonly trainToValidation: number;
  /** Relative worsening from validation to test. */
  readonly validationToTest: number;
  /** The larger of the two, 0 where nothing worsens. */
  readonly divergence: number;
}

/**
 * Divergence relative to a benchmark that lives through the same bars, so that a change of volatility, which moves both
 * scores alike, does not count.
 *
 * Used with the RMSE of returns against "no change" (the column `divergence`) and with the CRPS against filtered
 * historical simulation.
 *
 * @param model scores of the model, smaller is better, not negative
 * @param benchmark scores of the benchmark on the same bars; positive
 * @throws RangeError when a benchmark's score is not positive, or a score is not finite
 */
export function relativeDivergence(model: PartScores, benchmark: PartScores): RelativeDivergence {
  const relative = {
    train: ratio(model.train, benchmark.train),
    validation: ratio(model.validation, benchmark.validation),
    test: ratio(model.test, benchmark.test),
  };
  const trainToValidation = worsening(relative.train, relative.validation);
  const validationToTest = worsening(relative.validation, relative.test);
  return {
    relative,
    trainToValidation,
    validationToTest,
    divergence: Math.max(0, trainToValidation, validationToTest),
  };
}

function ratio(model: number, benchmark: number): number {
  if (
    !(model >= 0 && model < Number.POSITIVE_INFINITY && benchmark > 0 && benchmark < Number.POSITIVE_INFINITY)
  ) {
    throw new RangeError(
      `A score of ${model} cannot be held against the benchmark's ${benchmark}: it must be finite, the benchmark's positive`,
    );
  }
  return model / benchmark;
}

function worsening(earlier: number, later: number): number {
  const floored = Math.max(earlier, SMALLEST_RELATIVE_SCORE);
  return (Math.max(later, SMALLEST_RELATIVE_SCORE) - floored) / floored;
}
