import type { Hyperparameters, MemberName } from '../models/forecaster.ts';
import type { ScoredForecasts } from '../scores/scored-forecasts.ts';
import type { Combinations } from './combination.ts';
import type { DroppedMember } from './dropped-member.ts';
import type { FailedCandidate } from './failed-candidate.ts';
import type { FittedEnsemble } from './fitted-ensemble.ts';

/** What tuning and fitting an ensemble gives. */
export interface EnsembleFitResult {
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
  /** Combinations of hyperparameters and mean factor that were compared. */
  readonly trials: number;
  /** CRPS on validation by bar, of every combination, in the order in which they were compared. */
  readonly trialScores: readonly Float64Array[];
  /** Ordinal of the first bar of train that is scored: before it not every member can forecast. */
  readonly firstScoredBar: number;
  /** The chosen combination, fitted on train, over the bars of train from `firstScoredBar`: in sample. */
  readonly train: ScoredForecasts;
  /** The same fit over validation: out of sample, but chosen there. */
  readonly validation: ScoredForecasts;
  /** Calendar days from the first to the last bar of validation. */
  readonly validationSpanDays: number;
  /** What each way of combining learned on validation, from the members as they were fitted on train. */
  readonly combinations: Combinations;
}
