import { rmseRatio } from '../comparison/rmse-ratio.ts';
import type { RelativeScore } from './relative-score.ts';

/**
 * The criterion `rmse`: the candidate's RMSE is at most the setting's margin worse than the baseline's on the same bars.
 *
 * Implausible below 0.8: the candidate's mean would explain a third of the variance that the baseline leaves, where honest means explain
 * less than 1 %, or the baseline's mean is off by three quarters of a standard deviation.
 */
export const RMSE: RelativeScore = {
  criterion: 'rmse',
  name: 'RMSE',
  ratio: rmseRatio,
  implausibleBelow: 0.8,
};
