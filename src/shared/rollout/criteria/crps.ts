import { crpsRatio } from '../comparison/crps-ratio.ts';
import type { RelativeScore } from './relative-score.ts';

/**
 * The criterion `crps`: the candidate's CRPS is at most the setting's margin worse than the baseline's on the same bars.
 *
 * Implausible below 0.7: to lose 30 % to the true distribution a baseline must be nearly three times too wide.
 */
export const CRPS: RelativeScore = {
  criterion: 'crps',
  name: 'CRPS',
  ratio: crpsRatio,
  implausibleBelow: 0.7,
};
