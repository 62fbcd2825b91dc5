import type { Hyperparameters, MemberName } from '../models/forecaster.ts';
import type { Comparison } from './compare.ts';
import type { DroppedMember } from './dropped-member.ts';
import type { FailedCandidate } from './failed-candidate.ts';
import type { FittedEnsemble } from './fitted-ensemble.ts';
import type { TuningScores } from './score.ts';

/** What tuning and fitting an ensemble gives. */
export interface EnsembleFitResult extends Pick<Comparison, 'trialScores'>, TuningScores {
  /** Fitted on train and validation with what was chosen; it combines by the preset. See `weighEnsemble`. */
  readonly fitted: FittedEnsemble;
  /** Hyperparameters chosen on validation, by member. */
  readonly chosen: Readonly<Partial<Record<MemberName, Hyperparameters>>>;
  /** Mean factor chosen on validation. */
  readonly meanFactor: number;
  /** Members that failed and that the ensemble goes on without; empty unless that was asked for. */
  readonly dropped: readonly DroppedMember[];
  /** Entries of the remaining members' grids that could not be fitted or could not forecast. */
  readonly failedCandidates: readonly FailedCandidate[];
  /** Ordinal of the first bar of train that a scored forecast begins with: before it not every member can forecast. */
  readonly firstScoredBar: number;
  /** Bars that a forecast looks ahead. */
  readonly steps: number;
  /** Calendar days from the first to the last bar of validation. */
  readonly validationSpanDays: number;
}
