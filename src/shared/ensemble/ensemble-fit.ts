import { FitError } from '../errors/fit-error.ts';
import { InvalidInputError } from '../errors/invalid-input-error.ts';
import { PlumblineError } from '../errors/plumbline-error.ts';
import type { Json } from '../json.ts';
import type { FittedForecaster, MemberName, Resumable, StepBudget } from '../models/forecaster.ts';
import { deriveSeed } from '../numerics/derive-seed.ts';
import {
  type PredictiveDistribution,
  QUANTILE_LEVELS,
} from '../numerics/distributions/predictive-distribution.ts';
import { decodeFloat64, encodeFloat64 } from '../numerics/float64-codec.ts';
import { crpsFromQuantiles } from '../scores/crps.ts';
import {
  decodeScoredForecasts,
  encodeScoredForecasts,
  type ScoredForecasts,
  scoreRange,
} from '../scores/scored-forecasts.ts';
import { parseDate } from '../series/civil-date.ts';
import { logReturns } from '../series/log-returns.ts';
import { requireForecastHistory } from '../series/require-forecast-history.ts';
import { type Series, sliceSeries } from '../series/series.ts';
import { chooseTrial } from './choose-trial.ts';
import { Combination, type Combinations, encodeCombinations, restoreCombinations } from './combination.ts';
import { companionsUpTo } from './companions.ts';
import { type DroppedMember, droppedMembersJson, type OnMemberFailure } from './dropped-member.ts';
import type { EnsembleConfiguration } from './ensemble-configuration.ts';
import type { EnsembleFitResult } from './ensemble-fit-result.ts';
import { halfExpandingMeans, sumReturns } from './expanding-mean.ts';
import { type FailedCandidate, failedCandidatesJson } from './failed-candidate.ts';
import { combineQuantiles, FittedEnsemble } from './fitted-ensemble.ts';
import type { MemberRegistry } from './member-registry.ts';
import { noValidCandidate } from './no-valid-candidate.ts';
import { failedMember, ofMember } from './of-member.ts';
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
  /** Series of the configuration's companions; a fit sees of them what is not after its own last bar. Default none. */
  readonly companions?: readonly Series[];
  /** What the fits' seeds derive from beside the configuration's; default symbol and cutoff. */
  readonly seedNames?: readonly (string | number)[];
  /** Ordinal of the first bar of train to score, where it is later than the members need; default 0. */
  readonly scoreFrom?: number;
  /** Default `fail`. */
  readonly onMemberFailure?: OnMemberFailure;
  /** Of an earlier `EnsembleFit` with the same input. */
  readonly checkpoint?: Json;
  /** Default: the members of this version. */
  readonly registry?: MemberRegistry;
}

/** One fit of the tuning: a member with one entry of its grid. */
interface TuningFit {
  readonly member: number;
  readonly entry: number;
}

/** One combination: an entry of each member's grid, and a mean factor. */
interface Trial {
  readonly entries: readonly number[];
  readonly meanFactor: number;
}

type Phase = 'tune' | 'compare' | 'score' | 'refit' | 'done';

/**
 * Tunes an ensemble on validation and fits it.
 *
 * 1. `tune`: every entry of every member's grid is fitted on train;
 * 2. `compare`: every combination of entries and mean factor is scored by the ensemble's mean CRPS on validation; the first
 *    that is within two standard errors of the best wins (`chooseTrial`);
 * 3. `score`: the winner, still fitted on train, forecasts train (in sample) and validation, both by the preset; on validation each
 *    way of combining learns, bar by bar;
 * 4. `refit`: each member is fitted on train and validation with its winning hyperparameters.
 *
 * An entry of a grid that cannot be fitted or cannot forecast takes no part, and the result says so. A member that fails, of
 * whose grid no entry is left or whose refit fails, ends the fit, naming the member; with `onMemberFailure` `drop` it is left
 * out, the fit is that of an ensemble configured without it, and the result says so.
 *
 * The checkpoint holds artifacts, not forecasts: `compare` computes the forecasts again after a cut.
 */
export class EnsembleFit implements Resumable<EnsembleFitResult> {
  readonly #input: EnsembleFitInput;
  /** Those that were not dropped. */
  #members: readonly ConfiguredMember[];
  #dropped: readonly DroppedMember[] = [];
  #failed: readonly FailedCandidate[] = [];
  readonly #seedNames: readonly (string | number)[];
  readonly #trainSeries: Series;
  readonly #realised: Float64Array;
  #firstScoredBar = 0;
  /** Every entry of the members' grids, in order. */
  #tuning: readonly TuningFit[] = [];
  /** Known when every entry is fitted, or has failed. */
  #trials: readonly Trial[] = [];
  /** By `#tuning`, null for an entry that failed; empty again when they are no longer needed. */
  #tuned: (FittedForecaster | null)[] = [];
  #trialScores: Float64Array[] = [];
  #refitted: FittedForecaster[] = [];
  /** What was reached before a member was dropped and work began anew. */
  #leastProgress = 0;
  #phase: Phase = 'tune';
  #fit: Resumable<FittedForecaster> | undefined;
  #train: ScoredForecasts | undefined;
  #validation: ScoredForecasts | undefined;
  #combinations: Combinations;
  /** Forecasts of validation by tuning fit, for `compare` only. */
  #validationForecasts: PredictiveDistribution[][] | undefined;

  /**
   * @throws InvalidInputError `invalid_configuration`, `member_not_available`, `invalid_window_sizes` when train and
   *   validation are not the bars of the series; FitError `too_few_bars` and `too_short_span` when nothing may be forecast from
   *   so little, `too_few_bars` also when train leaves no bar to score. Also from `step`: what a member that fails throws,
   *   naming it (see `ofMember`), `no_valid_candidate` when every entry of its grid fails for reasons of its own, and
   *   `no_member_left` when every member was dropped
   */
  constructor(input: EnsembleFitInput) {
    const { series, train, validation, configuration, registry, checkpoint } = input;
    const bars = series.times.length;
    if (!(Number.isInteger(train) && train > 0 && validation > 0 && train + validation === bars)) {
      throw new InvalidInputError(
        'invalid_window_sizes',
        `Train of ${train} and validation of ${validation} bars must be positive and make up the series of ${bars}.`,
        { train, validation, bars },
      );
    }
    this.#input = input;
    this.#members = requireConfiguration(configuration, registry);
    requireForecastHistory(series);
    this.#seedNames = input.seedNames ?? [series.symbol, series.times[bars - 1]];
    this.#trainSeries = sliceSeries(series, 0, train);
    this.#realised = logReturns(series.close);
    requireBarsToScore(series, train, input.scoreFrom ?? 0);
    this.#combinations = this.#startCombinations();
    if (checkpoint === undefined) this.#begin();
    else this.#resume(checkpoint);
  }

  step(budget: StepBudget): boolean {
    while (this.#phase !== 'done') {
      try {
        this.#advance(budget);
      } catch (error) {
        this.#drop(error);
      }
      if (budget.expired()) break;
    }
    return this.#phase === 'done';
  }

  progress(): number {
    return this.#phase === 'done' ? 1 : Math.max(this.#leastProgress, this.#progressOfPhase());
  }

  #progressOfPhase(): number {
    const running = this.#fit?.progress() ?? 0;
    const fits = this.#tuning.length + this.#members.length;
    const tuned = this.#phase === 'refit' ? this.#tuning.length : this.#tuned.length;
    const fitted = tuned + this.#refitted.length + running;
    // Comparing and scoring are counted as one more fit.
    const compared = this.#trialScores.length / Math.max(1, this.#trials.length);
    return Math.min(0.999, (fitted + compared) / (fits + 1));
  }

  checkpoint(): Json {
    return {
      phase: this.#phase,
      dropped: droppedMembersJson(this.#dropped),
      failed: failedCandidatesJson(this.#failed),
      leastProgress: this.#leastProgress,
      tuned: this.#tuned.map((fitted) => fitted?.toJSON() ?? null),
      refitted: this.#refitted.map((fitted) => fitted.toJSON()),
      trialScores: this.#trialScores.map(encodeFloat64),
      fit: this.#fit?.checkpoint() ?? null,
      train: this.#train === undefined ? null : encodeScoredForecasts(this.#train),
      validation: this.#validation === undefined ? null : encodeScoredForecasts(this.#validation),
      combinations: encodeCombinations(this.#combinations),
    };
  }

  result(): EnsembleFitResult {
    if (this.#phase !== 'done' || this.#train === undefined || this.#validation === undefined) {
      throw new Error('The ensemble is not fitted yet: step() has not returned true.');
    }
    const { meanFactor } = this.#bestTrial();
    const fitted = this.#assemble((member) => this.#refitted[member], this.#input.series);
    return {
      fitted,
      chosen: Object.fromEntries(fitted.members.map(({ name, hyperparameters }) => [name, hyperparameters])),
      meanFactor,
      dropped: this.#dropped,
      failedCandidates: this.#failed,
      trials: this.#trials.length,
      trialScores: this.#trialScores,
      firstScoredBar: this.#firstScoredBar,
      train: this.#train,
      validation: this.#validation,
      validationSpanDays: this.#validationSpanDays(),
      combinations: this.#combinations,
    };
  }

  /** Everything from the first fit on, with the members that are left. */
  #begin(): void {
    const { series, train, scoreFrom } = this.#input;
    this.#tuning = this.#members.flatMap(({ grid }, member) => grid.map((_, entry) => ({ member, entry })));
    this.#failed = this.#failed.filter(({ member }) => this.#members.some(({ name }) => name === member));
    this.#phase = 'tune';
    this.#fit = undefined;
    this.#tuned = [];
    this.#trials = [];
    this.#trialScores = [];
    this.#refitted = [];
    this.#train = undefined;
    this.#validation = undefined;
    this.#validationForecasts = undefined;
    this.#combinations = this.#startCombinations();
    this.#firstScoredBar = scoreFrom ?? 0;
    for (const { member, entry } of this.#tuning) {
      const { name, forecaster, grid } = this.#members[member];
      try {
        this.#attempt(member, entry, () => {
          const least = ofMember(name, () => forecaster.minimumBars(grid[entry]));
          requireBarsToScore(series, train, least);
          this.#firstScoredBar = Math.max(this.#firstScoredBar, least);
        });
      } catch (error) {
        // Begins anew without the member.
        this.#drop(error);
        return;
      }
    }
  }

  /** One unit of work. */
  #advance(budget: StepBudget): void {
    switch (this.#phase) {
      case 'tune':
        this.#tune(budget);
        break;
      case 'compare':
        this.#compare();
        break;
      case 'score':
        this.#score();
        break;
      case 'refit':
        this.#refit(budget);
        break;
    }
  }

  /** Goes on without the member that an error names, if that is what is asked for. @throws the error otherwise */
  #drop(error: unknown): void {
    const member = failedMember(error);
    if (this.#input.onMemberFailure !== 'drop' || member === undefined || !(error instanceof PlumblineError))
      throw error;
    this.#leastProgress = this.progress();
    this.#leaveOut({ member, code: error.code, message: error.message, since: null });
    this.#begin();
  }

  #leaveOut(dropped: DroppedMember): void {
    this.#dropped = [...this.#dropped, dropped];
    this.#members = renormalised(
      this.#members.filter(({ name }) => name !== dropped.member),
      this.#dropped,
    );
  }

  /**
   * Does something with an entry of a grid; if it cannot be done, the entry takes no part.
   *
   * @returns null if it failed
   * @throws FitError when no other entry of the member's grid is left; what is neither the data's nor the entry's fault
   */
  #attempt<T>(member: number, entry: number, use: () => T): T | null {
    const { name, grid } = this.#members[member];
    if (this.#hasFailed(name, entry)) return null;
    try {
      return ofMember(name, use);
    } catch (error) {
      if (!(error instanceof FitError || error instanceof InvalidInputError)) throw error;
      this.#failed = [...this.#failed, { member: name, entry, code: error.code, message: error.message }];
      const ofSame = this.#failed.filter((failure) => failure.member === name);
      if (ofSame.length === grid.length) throw noValidCandidate(name, grid, ofSame, error);
      return null;
    }
  }

  #hasFailed(name: MemberName, entry: number): boolean {
    return this.#failed.some((failure) => failure.member === name && failure.entry === entry);
  }

  #tune(budget: StepBudget): void {
    const { member, entry } = this.#tuning[this.#tuned.length];
    const done = this.#attempt(member, entry, () => {
      this.#fit ??= this.#startTuning(this.#tuned.length);
      return this.#fit.step(budget) ? this.#fit.result() : undefined;
    });
    if (done === undefined) return;
    this.#tuned.push(done);
    this.#fit = undefined;
    if (this.#tuned.length < this.#tuning.length) return;
    this.#phase = 'compare';
    this.#trials = this.#everyTrial();
  }

  /** Every combination of entries that have not failed, the last member's varying fastest, within each the mean factors. */
  #everyTrial(): Trial[] {
    let combinations: number[][] = [[]];
    for (const { name, grid } of this.#members) {
      const left = grid.flatMap((_, entry) => (this.#hasFailed(name, entry) ? [] : [entry]));
      combinations = combinations.flatMap((entries) => left.map((entry) => [...entries, entry]));
    }
    const { meanFactors } = this.#input.configuration;
    return combinations.flatMap((entries) => meanFactors.map((meanFactor) => ({ entries, meanFactor })));
  }

  #startTuning(index: number, checkpoint?: Json): Resumable<FittedForecaster> {
    const { member, entry } = this.#tuning[index];
    const { name, forecaster, grid } = this.#members[member];
    const seed = deriveSeed(this.#input.configuration.seed, ...this.#seedNames, name, 'tune', entry);
    return forecaster.fit(this.#trainSeries, grid[entry], {
      seed,
      checkpoint,
      companions: this.#companionsOf(this.#trainSeries),
    });
  }

  #compare(): void {
    const { series, train } = this.#input;
    const end = series.times.length;
    // Not a unit of work of its own: it would be lost at a cut.
    this.#validationForecasts ??= this.#forecastValidation();
    const anchors = halfExpandingMeans(series, train, end, sumReturns(this.#trainSeries));
    const { entries, meanFactor } = this.#trials[this.#trialScores.length];
    const byMember = entries.map(
      (entry, member) => this.#validationForecasts![this.#tuningIndex(member, entry)],
    );
    const weights = this.#members.map(({ weight }) => weight);
    const combined = new Float64Array(QUANTILE_LEVELS.length);
    const scores = Float64Array.from(anchors, (anchor, i) => {
      const forecasts = byMember.map((forecasts) => forecasts[i]);
      combineQuantiles(forecasts, weights, anchor, meanFactor, combined);
      return crpsFromQuantiles(combined, this.#realised[train + i - 1]);
    });
    this.#trialScores.push(scores);
    if (this.#trialScores.length === this.#trials.length) {
      this.#phase = 'score';
      this.#validationForecasts = undefined;
    }
  }

  /** By `#tuned`; an entry that cannot forecast takes no part, and the trials are those of the others. */
  #forecastValidation(): PredictiveDistribution[][] {
    const { series, train } = this.#input;
    const forecasts = this.#tuned.map((fitted, i) => {
      const { member, entry } = this.#tuning[i];
      const range = this.#attempt(member, entry, () =>
        fitted?.predictRange(series, train, series.times.length),
      );
      if (range === null) this.#tuned[i] = null;
      return range ?? [];
    });
    this.#trials = this.#everyTrial();
    return forecasts;
  }

  #score(): void {
    const { series, train } = this.#input;
    const { entries } = this.#bestTrial();
    const ensemble = this.#assemble(
      (member) => this.#tuned[this.#tuningIndex(member, entries[member])]!,
      this.#trainSeries,
    );
    const forecast = (from: number, to: number) => ensemble.predictRange(series, from, to);
    const score = (predict: typeof forecast, from: number, to: number) =>
      scoreRange(
        (start, end) => predict(start, end).map(({ distribution }) => distribution),
        this.#realised,
        from,
        to,
      );
    if (this.#train === undefined) {
      this.#train = score(forecast, this.#firstScoredBar, train);
    } else {
      const forecastAndLearn = (from: number, to: number) => {
        const forecasts = forecast(from, to);
        forecasts.forEach((one, i) => {
          const members = ensemble.shrunkMembers(one);
          const outcome = this.#realised[from + i - 1];
          this.#combinations.simple_avg.learn(members, outcome);
          this.#combinations.calibrated.learn(members, outcome);
        });
        return forecasts;
      };
      this.#validation = score(forecastAndLearn, train, series.times.length);
      this.#phase = 'refit';
      this.#tuned = [];
    }
  }

  #refit(budget: StepBudget): void {
    const done = ofMember(this.#members[this.#refitted.length].name, () => {
      this.#fit ??= this.#startRefit(this.#refitted.length);
      return this.#fit.step(budget) ? this.#fit.result() : undefined;
    });
    if (done === undefined) return;
    this.#refitted.push(done);
    this.#fit = undefined;
    if (this.#refitted.length === this.#members.length) this.#phase = 'done';
  }

  #startRefit(index: number, checkpoint?: Json): Resumable<FittedForecaster> {
    const { name, forecaster, grid } = this.#members[index];
    const hyperparameters = grid[this.#bestTrial().entries[index]];
    const seed = deriveSeed(this.#input.configuration.seed, ...this.#seedNames, name, 'refit');
    const { series } = this.#input;
    const companions = this.#companionsOf(series);
    return forecaster.fit(series, hyperparameters, { seed, checkpoint, companions });
  }

  #startCombinations(): Combinations {
    const preset = this.#members.map(({ weight }) => weight);
    const { conformalStep } = this.#input.configuration;
    return {
      simple_avg: Combination.start('simple_avg', preset, conformalStep),
      calibrated: Combination.start('calibrated', preset, conformalStep),
    };
  }

  #validationSpanDays(): number {
    const { series, train } = this.#input;
    const day = (bar: number) => parseDate(series.times[bar].slice(0, 10));
    return day(series.times.length - 1) - day(train);
  }

  #companionsOf(series: Series): Series[] {
    const bars = series.times.length;
    return companionsUpTo(this.#input.companions ?? [], series.times[bars - 1], bars);
  }

  #bestTrial(): Trial {
    return this.#trials[chooseTrial(this.#trialScores)];
  }

  /** The winner of `fittedOn`, with the members given. */
  #assemble(fittedMember: (member: number) => FittedForecaster, fittedOn: Series): FittedEnsemble {
    const { entries, meanFactor } = this.#bestTrial();
    const members = this.#members.map(({ name, weight, grid }, member) => ({
      name,
      weight,
      hyperparameters: grid[entries[member]],
      fitted: fittedMember(member),
    }));
    return new FittedEnsemble(
      fittedOn.symbol,
      members,
      meanFactor,
      sumReturns(fittedOn),
      null,
      this.#dropped,
    );
  }

  #tuningIndex(member: number, entry: number): number {
    return this.#tuning.findIndex((fit) => fit.member === member && fit.entry === entry);
  }

  #resume(checkpoint: Json): void {
    const state = checkpoint as { readonly [key: string]: Json };
    // One after the other, as they were dropped: the weights must have the same bits.
    for (const dropped of state.dropped as unknown as readonly DroppedMember[]) this.#leaveOut(dropped);
    this.#begin();
    this.#failed = state.failed as unknown as readonly FailedCandidate[];
    this.#leastProgress = state.leastProgress as number;
    this.#phase = state.phase as Phase;
    if (this.#phase !== 'tune') this.#trials = this.#everyTrial();
    for (const artifact of state.tuned as readonly Json[]) {
      const { forecaster } = this.#members[this.#tuning[this.#tuned.length].member];
      this.#tuned.push(artifact === null ? null : forecaster.restore(artifact));
    }
    for (const scores of state.trialScores as readonly string[])
      this.#trialScores.push(decodeFloat64(scores));
    for (const artifact of state.refitted as readonly Json[]) {
      this.#refitted.push(this.#members[this.#refitted.length].forecaster.restore(artifact));
    }
    this.#combinations = restoreCombinations(state.combinations);
    if (state.train !== null) this.#train = decodeScoredForecasts(state.train);
    if (state.validation !== null) this.#validation = decodeScoredForecasts(state.validation);
    if (state.fit !== null) {
      this.#fit =
        this.#phase === 'tune'
          ? this.#startTuning(this.#tuned.length, state.fit)
          : this.#startRefit(this.#refitted.length, state.fit);
    }
  }
}

/** @throws FitError `too_few_bars` unless train has a bar after those that must be known */
function requireBarsToScore({ symbol }: Series, train: number, known: number): void {
  if (train > known) return;
  throw new FitError(
    'too_few_bars',
    `Train has ${train} bars, and more than ${known} are needed to fit the members and score them.`,
    { symbol, have: train, need: known + 1 },
  );
}
