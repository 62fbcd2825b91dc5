import { percentInWords } from '../percent-in-words.ts';
import type { Driver, DriverInput } from './driver.ts';

/** Moves of the mean below are the rounding of a sum. */
const ROUNDING = 1e-12;

/**
 * Where the mean comes from: half the long-run mean, the share that is kept of what members forecast beyond it, and what conformal
 * levels have moved it by.
 */
export function meanDriver({ forecast, parts, meanFactor, horizonsPerYear }: DriverInput): Driver {
  const { anchor } = forecast;
  const { mean } = forecast.distribution;
  const combined = parts.reduce((sum, { weight, shrunkMean }) => sum + weight * shrunkMean, 0);
  const perYear = anchor * horizonsPerYear;
  const half = `half the long-run mean, ${percentInWords(perYear, 1)} a year`;
  const moved = Math.abs(mean - combined) > ROUNDING;
  const from =
    meanFactor === 0
      ? `The mean is shrunk to ${half}`
      : `The mean, ${percentInWords(combined, 3)}, keeps ${percentInWords(meanFactor, 0)} of what the members forecast beyond ${half}`;
  return {
    code: 'mean',
    sentence: moved
      ? `${from}; the conformal levels move it from ${percentInWords(combined, 3)} to ${percentInWords(mean, 3)}.`
      : `${from}.`,
    figures: {
      ...{ mean, anchor, anchor_per_year: perYear, mean_factor: meanFactor },
      ...(moved && { members_mean: combined }),
    },
  };
}
