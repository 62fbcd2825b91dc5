import { FitError } from '../errors/fit-error.ts';
import { InvalidInputError } from '../errors/invalid-input-error.ts';
import { PlumblineError } from '../errors/plumbline-error.ts';
import type { Json } from '../json.ts';
import type { Resumable, StepBudget } from '../models/forecaster.ts';
import { workThrough } from '../models/resumable/work-through.ts';
import { requireForecastHistory } from '../series/require-forecast-history.ts';
import type { Series } from '../series/series.ts';
import { type DroppedMember, droppedMembersJson, type OnMemberFailure } from './dropped-member.ts';
import type { EnsembleConfiguration } from './ensemble-configuration.ts';
import type { EnsembleFitResult } from './ensemble-fit-result.ts';
import { type FailedCandidate, failedCandidatesJson } from './failed-candidate.ts';
import { FailedCandidates } from './failed-candidates.ts';
import { firstScoredBar } from './first-scored-bar.ts';
import { fitInPhases } from './fit-in-phases.ts';
import type { MemberRegistry } from './member-registry.ts';
import { failedMember } from './of-member.ts';
import { renormalised } from './renormalised.ts';
import { type ConfiguredMember, requireConfiguration } from './require-configuration.ts';

export interface EnsembleFitInput {
  /** Exactly the bars of train and validation, in order. */
  readonly series: Series;
  /** Bars of train. */
  readonly train: number;
  /** Bars of validation. */
  readonly validation: number;
  readonly configuration: EnsembleConfiguration;
  /** Bars that a forecast looks ahead: what is scored, chosen and learned is of forecasts over as many. Default 1. */
  readonly steps?: number;
  /** Series of the configuration's companions; a fit sees of them what is not after its own last bar. Default none. */
  readonly companions?: readonly Series[];
  /** Ordinal of the first bar of train to score, where it is later than the members need; default 0. */
  readonly scoreFrom?: number;
  /** Default `fail`. */
  readonly onMemberFailure?: OnMemberFailure;
  /** Of an earlier `EnsembleFit` with the same input. */
  readonly checkpoint?: Json;
  /** Default: the members of this version. */
  readonly registry?: MemberRegistry;
}

/**
 * Tunes an ensemble on validation and fits it, in four phases: see {@link fitInPhases}.
 *
 * A member that fails, of whose grid no entry is left or whose refit fails, ends the fit, naming the member; with `onMemberFailure`
 * `drop` it is left out, the fit is that of an ensemble configured without it, and the result says so.
 */
export class EnsembleFit implements Resumable<EnsembleFitResult> {
  readonly #input: EnsembleFitInput;
  /** Those that were not dropped. */
  #members: readonly ConfiguredMember[];
  #dropped: readonly DroppedMember[] = [];
  #failed: FailedCandidates;
  /** What was reached before a member was dropped and work began anew. */
  #leastProgress: number;
  /** The four phases with the members that are left. */
  #phases: Resumable<EnsembleFitResult>;

  /**
   * @throws InvalidInputError `invalid_configuration`, `member_not_available`, `invalid_window_sizes` when train and
   *   validation are not the bars of the series; FitError `too_few_bars` and `too_short_span` when nothing may be forecast from
   *   so little, `too_few_bars` also when train leaves no bar to score, `invalid_artifact` for another's checkpoint. Also from `step`:
   *   what a member that fails throws, naming it (see `ofMember`), `no_valid_candidate` when every entry of its grid fails for reasons
   *   of its own, and `no_member_left` when every member was dropped
   */
  constructor(input: EnsembleFitInput) {
    const { series, train, validation, configuration, registry, checkpoint } = input;
    const bars = series.times.length;
    if (!(Number.isInteger(train) && train > 0 && validation > 0 && train + validation === bars)) {
      throw new InvalidInputError(
        'invalid_window_sizes',
        `Train of ${train} and validation of ${validation} bars must be positive and make up the series of ${bars}`,
        { train, validation, bars },
      );
    }
    this.#input = input;
    this.#members = requireConfiguration(configuration, registry);
    requireForecastHistory(series);
    const state = checkpoint === undefined ? undefined : readCheckpoint(checkpoint);
    // One after the other, as they were dropped: the weights must have the same bits.
    for (const dropped of state?.dropped ?? []) this.#leaveOut(dropped);
    this.#failed = new FailedCandidates(state?.failed);
    this.#leastProgress = state?.leastProgress ?? 0;
    this.#phases = this.#begin(state?.phases);
  }

  step(budget: StepBudget): boolean {
    return workThrough(
      budget,
      () => this.#phases.progress() === 1,
      () => {
        try {
          this.#phases.step(budget);
        } catch (error) {
          this.#leastProgress = this.progress();
          this.#drop(error);
          this.#phases = this.#begin();
        }
      },
    );
  }

  progress(): number {
    return Math.max(this.#leastProgress, this.#phases.progress());
  }

  checkpoint(): Json {
    return {
      dropped: droppedMembersJson(this.#dropped),
      failed: failedCandidatesJson(this.#failed.list),
      leastProgress: this.#leastProgress,
      phases: this.#phases.checkpoint(),
    };
  }

  result(): EnsembleFitResult {
    return this.#phases.result();
  }

  /** From the first fit on or from a checkpoint, with the members that are left. */
  #begin(checkpoint?: Json): Resumable<EnsembleFitResult> {
    const { series, train, configuration, companions = [], scoreFrom = 0, steps = 1 } = this.#input;
    const members = this.#members;
    const failed = this.#failed;
    try {
      const first = firstScoredBar(members, series, train, scoreFrom, failed, steps);
      const task = { series, train, configuration, companions, members, firstScoredBar: first, steps };
      return fitInPhases(task, this.#dropped, failed, checkpoint);
    } catch (error) {
      this.#drop(error);
      return this.#begin();
    }
  }

  /** Goes on without the member that an error names, if that is what is asked for. @throws the error otherwise */
  #drop(error: unknown): void {
    const member = failedMember(error);
    if (this.#input.onMemberFailure !== 'drop' || member === undefined || !(error instanceof PlumblineError))
      throw error;
    this.#leaveOut({ member, code: error.code, message: error.message, since: null });
    this.#failed = this.#failed.of(this.#members);
  }

  #leaveOut(dropped: DroppedMember): void {
    this.#dropped = [...this.#dropped, dropped];
    this.#members = renormalised(
      this.#members.filter(({ name }) => name !== dropped.member),
      this.#dropped,
    );
  }
}

interface EnsembleFitCheckpoint {
  readonly dropped: readonly DroppedMember[];
  readonly failed: readonly FailedCandidate[];
  readonly leastProgress: number;
  readonly phases: Json;
}

/** @throws FitError `invalid_artifact` */
function readCheckpoint(checkpoint: Json): EnsembleFitCheckpoint {
  const state = (checkpoint ?? {}) as unknown as Partial<EnsembleFitCheckpoint>;
  const { dropped, failed, leastProgress, phases } = state;
  if (
    Array.isArray(dropped) &&
    Array.isArray(failed) &&
    typeof leastProgress === 'number' &&
    phases !== undefined
  ) {
    return { dropped, failed, leastProgress, phases };
  }
  throw new FitError(
    'invalid_artifact',
    'A checkpoint of an ensemble fit holds its dropped members, failed candidates, progress and phases',
  );
}
