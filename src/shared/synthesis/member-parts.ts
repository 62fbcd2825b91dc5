import type { EnsembleForecast, FittedEnsemble } from '../ensemble/fitted-ensemble.ts';
import type { Hyperparameters, MemberName } from '../models/forecaster.ts';
import type { PredictiveDistribution } from '../numerics/distributions/predictive-distribution.ts';
import { type Direction, type DirectionThresholds, directionOf } from './direction.ts';
import { probabilityAbove } from './probability-above.ts';

/** What one member has to do with an ensemble's forecast. Returns are log returns over the horizon. */
export interface MemberPart {
  readonly name: MemberName;
  readonly weight: number;
  readonly hyperparameters: Hyperparameters;
  /** What it forecasts by itself, not shrunk. */
  readonly mean: number;
  readonly scale: number;
  /** Its mean as it enters the ensemble: shrunk towards half the expanding mean. */
  readonly shrunkMean: number;
  /** Of the distribution that enters the ensemble. */
  readonly probabilityUp: number;
  /** By the thresholds that the ensemble's own direction goes by. */
  readonly direction: Direction;
  /** `weight` x (`shrunkMean` + what conformal levels move the mean by): all members' make up the ensemble's mean. */
  readonly meanContribution: number;
  /** `weight` x `scale`: all members' make up the ensemble's scale. */
  readonly scaleContribution: number;
}

/** Each member's part, in the ensemble's order. */
export function memberParts(
  forecast: EnsembleForecast,
  ensemble: FittedEnsemble,
  thresholds: DirectionThresholds,
): MemberPart[] {
  const shrunkMembers = ensemble.shrunkMembers(forecast);
  const shift = conformalShift(forecast, ensemble, shrunkMembers);
  return ensemble.members.map(({ name, weight, hyperparameters }, m) => {
    const own = forecast.members[name]!;
    const shrunk = shrunkMembers[m];
    const probabilityUp = probabilityAbove(shrunk, 0);
    return {
      name,
      weight,
      hyperparameters,
      mean: own.mean,
      scale: own.scale,
      shrunkMean: shrunk.mean,
      probabilityUp,
      direction: directionOf(probabilityUp, thresholds),
      meanContribution: weight * (shrunk.mean + shift),
      scaleContribution: weight * own.scale,
    };
  });
}

/** How far the levels have moved the members' mean; they adapt their average, so it is nobody's in particular. 0 without them. */
function conformalShift(
  { distribution }: EnsembleForecast,
  { members }: FittedEnsemble,
  shrunk: readonly PredictiveDistribution[],
): number {
  return distribution.mean - members.reduce((sum, { weight }, m) => sum + weight * shrunk[m].mean, 0);
}
