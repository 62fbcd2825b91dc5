import { percentInWords } from '../percent-in-words.ts';
import type { Driver, DriverInput } from './driver.ts';

/** Where the mean comes from: half the long-run mean, and the share that is kept of what members forecast beyond it. */
export function meanDriver({ forecast, meanFactor, length }: DriverInput): Driver {
  const { anchor } = forecast;
  const { mean } = forecast.distribution;
  const perYear = anchor * length.perYear;
  const half = `half the long-run mean, ${percentInWords(perYear, 1)} a year`;
  return {
    code: 'mean',
    sentence:
      meanFactor === 0
        ? `The mean is shrunk to ${half}.`
        : `The mean, ${percentInWords(mean, 3)}, keeps ${percentInWords(meanFactor, 0)} of what the members forecast beyond ${half}.`,
    figures: { mean, anchor, anchor_per_year: perYear, mean_factor: meanFactor },
  };
}
