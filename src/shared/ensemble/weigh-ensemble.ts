import {
  calibratedWeights,
  type EnsembleWeights,
  type PresetReason,
} from '../calibration/calibrated-weights.ts';
import type { Combinations } from './combination.ts';
import type { EnsembleConfiguration } from './ensemble-configuration.ts';
import type { EnsembleFitResult } from './ensemble-fit-result.ts';
import type { FittedEnsemble } from './fitted-ensemble.ts';

/** A fitted ensemble whose weights are decided. */
export interface WeighedEnsemble {
  /** Combines as the configuration asks. */
  readonly fitted: FittedEnsemble;
  /** The weights of `calibrated`, whether the configuration asks for them or not. */
  readonly calibrated: EnsembleWeights;
  /** Both ways of combining, to go on from the cutoff; where calibrated weights are refused, both go by the preset. */
  readonly combinations: Combinations;
}

/**
 * Decides the weights of a fitted ensemble by what is known at its cutoff.
 *
 * @param reversion why learned weights should not be used, if there is a reason: see `judgeFit`
 */
export function weighEnsemble(
  { combinations, fitted, steps, validation, validationSpanDays }: EnsembleFitResult,
  { weighting }: EnsembleConfiguration,
  reversion: PresetReason | null,
): WeighedEnsemble {
  const learned = combinations.calibrated.weights;
  // Outcomes that overlap say little more than those of them that do not.
  const samples = Math.ceil(validation.realised.length / steps);
  const found = { samples, spanDays: validationSpanDays };
  const calibrated = calibratedWeights(combinations.simple_avg.weights, learned, found, reversion);
  const decided: Combinations = {
    simple_avg: combinations.simple_avg.copy(),
    calibrated: combinations[calibrated.method === 'calibrated' ? 'calibrated' : 'simple_avg'].copy(),
  };
  return {
    fitted: fitted.withCombination(decided[weighting ?? 'simple_avg']),
    calibrated,
    combinations: decided,
  };
}
