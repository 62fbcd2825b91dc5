import exp from '@stdlib/math-base-special-exp';
import type { RolloutTrigger } from '../contracts/rollout-evaluation.ts';
import { counted } from '../wording/counted.ts';
import type { Comparison } from './comparison/compare-with-baseline.ts';
import { figure, percent } from './wording.ts';

/**
 * What rolls back of the things that only the judge can see: a score more than the rollback margin worse beyond doubt, at a level divided among
 * the tests that could (`triggerLevel`). Divergence, missing forecasts, errors and alerts are watched in SQL.
 */
export function findTriggers(comparisons: {
  readonly rmse: readonly Comparison[];
  readonly crps: readonly Comparison[];
}): RolloutTrigger[] {
  return [
    ...comparisons.rmse.flatMap((comparison) => worseScore('rmse_worse', 'RMSE', comparison)),
    ...comparisons.crps.flatMap((comparison) => worseScore('crps_worse', 'CRPS', comparison)),
  ];
}

function worseScore(
  trigger: 'rmse_worse' | 'crps_worse',
  name: string,
  { farWorse, pairs, score, interval }: Comparison,
): RolloutTrigger[] {
  if (!farWorse.isShown) return [];
  return [
    {
      trigger,
      subject: pairs.horizon,
      figures: {
        ratio: figure(score.estimate),
        ratio_lower: figure(interval.lower),
        above: farWorse.ratio,
        e_value: figure(Math.min(1e9, exp(Math.min(farWorse.logEvidence, 30)))),
        e_needed: figure(1 / farWorse.level),
        level: farWorse.level,
        sessions: pairs.sessions,
        pairs: pairs.pairs,
      },
      sentence:
        `${name} at ${pairs.horizon} is ${score.estimate.toFixed(3)} of the baseline's over ${counted(pairs.sessions, 'session')}, ` +
        `more than ${percent(farWorse.ratio - 1)} worse beyond doubt.`,
    },
  ];
}
