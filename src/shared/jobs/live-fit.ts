import type { EnsembleWeights, PresetReason } from '../calibration/calibrated-weights.ts';
import { judgeFit } from '../divergence/judge-fit.ts';
import { EnsembleFit, type EnsembleFitInput } from '../ensemble/ensemble-fit.ts';
import type { FailedCandidate } from '../ensemble/failed-candidate.ts';
import type { FittedEnsemble } from '../ensemble/fitted-ensemble.ts';
import { weighEnsemble } from '../ensemble/weigh-ensemble.ts';
import { benchmarkMinimumBars, scoreBenchmark, WINDOW_BENCHMARKS } from '../evaluation/benchmarks.ts';
import { scoredPart } from '../evaluation/scored-window.ts';
import type { Json } from '../json.ts';
import type { Resumable, StepBudget } from '../models/forecaster.ts';
import {
  decodeScoredForecasts,
  encodeScoredForecasts,
  type ScoredForecasts,
  sliceForecasts,
} from '../scores/scored-forecasts.ts';

export interface LiveFitInput extends EnsembleFitInput {
  /** What speaks against learned weights already, before this fit: see `judgeStoredWindow`. Default nothing. */
  readonly reversion?: PresetReason | null;
}

/** An ensemble to forecast with. */
export interface LiveFitResult {
  /** Combines as the configuration asks. */
  readonly fitted: FittedEnsemble;
  /** Where its weights come from; null where the configuration asks for the preset. */
  readonly weights: EnsembleWeights | null;
  /** Entries of the members' grids that could not be fitted or could not forecast. */
  readonly failedCandidates: readonly FailedCandidate[];
}

/** Order of the units that score a benchmark. */
const BENCHMARKS = ['noChange', 'fhs'] as const;

/** Share of the work that is the ensemble's own. */
const FIT_SHARE = 0.97;

/**
 * Fits an ensemble for a forecast. Where the configuration asks for calibrated weights, the fit on train is then held against the
 * benchmarks on train and validation, as in a window, and weights go back to the preset when it is overfitted.
 */
export class LiveFit implements Resumable<LiveFitResult> {
  readonly #input: LiveFitInput;
  readonly #fit: EnsembleFit;
  readonly #calibrated: boolean;
  /** By `BENCHMARKS`, over the scored bars of train and validation. */
  readonly #benchmarks: ScoredForecasts[] = [];

  /** @throws what {@link EnsembleFit} throws, also from `step` */
  constructor(input: LiveFitInput) {
    const state = input.checkpoint as
      | { readonly fit: Json; readonly benchmarks: readonly Json[] }
      | undefined;
    this.#input = input;
    this.#calibrated = input.configuration.weighting === 'calibrated';
    // Train is scored from where the benchmarks can be, too.
    const scoreFrom = Math.max(input.scoreFrom ?? 0, this.#calibrated ? benchmarkMinimumBars() : 0);
    this.#fit = new EnsembleFit({ ...input, scoreFrom, checkpoint: state?.fit });
    for (const scored of state?.benchmarks ?? []) this.#benchmarks.push(decodeScoredForecasts(scored));
  }

  step(budget: StepBudget): boolean {
    while (!this.#done) {
      if (this.#fit.progress() < 1) this.#fit.step(budget);
      else this.#benchmarks.push(this.#scoreBenchmark(BENCHMARKS[this.#benchmarks.length]));
      if (budget.expired()) break;
    }
    return this.#done;
  }

  progress(): number {
    if (this.#done) return 1;
    const scored = this.#benchmarks.length / BENCHMARKS.length;
    return this.#calibrated
      ? FIT_SHARE * this.#fit.progress() + (1 - FIT_SHARE) * scored
      : this.#fit.progress();
  }

  checkpoint(): Json {
    return { fit: this.#fit.checkpoint(), benchmarks: this.#benchmarks.map(encodeScoredForecasts) };
  }

  result(): LiveFitResult {
    if (!this.#done) throw new Error('The ensemble is not fitted yet: step() has not returned true.');
    const { configuration, reversion } = this.#input;
    const judged = this.#calibrated ? (reversion ?? this.#judge()) : null;
    const { calibrated, fitted } = weighEnsemble(this.#fit.result(), configuration, judged);
    const { failedCandidates } = this.#fit.result();
    return { fitted, weights: this.#calibrated ? calibrated : null, failedCandidates };
  }

  get #done(): boolean {
    return this.#fit.progress() === 1 && (!this.#calibrated || this.#benchmarks.length === BENCHMARKS.length);
  }

  #scoreBenchmark(name: (typeof BENCHMARKS)[number]): ScoredForecasts {
    const { series, train } = this.#input;
    const from = this.#fit.result().firstScoredBar;
    return scoreBenchmark(WINDOW_BENCHMARKS[name], series, train, from, series.times.length);
  }

  #judge(): PresetReason | null {
    const { firstScoredBar, train, validation } = this.#fit.result();
    const trainBars = this.#input.train - firstScoredBar;
    const [noChange, fhs] = this.#benchmarks;
    return judgeFit(
      scoredPart(train, sliceForecasts(noChange, 0, trainBars), sliceForecasts(fhs, 0, trainBars)),
      scoredPart(
        validation,
        sliceForecasts(noChange, trainBars, noChange.realised.length),
        sliceForecasts(fhs, trainBars, fhs.realised.length),
      ),
    );
  }
}
