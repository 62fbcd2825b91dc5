import { FitError } from '../errors/fit-error.ts';
import { InvalidInputError } from '../errors/invalid-input-error.ts';
import {
  decodeScoredForecasts,
  encodeScoredForecasts,
  type ScoredForecasts,
  scoreRange,
} from '../evaluation/scored-forecasts.ts';
import { crpsFromQuantiles } from '../evaluation/scores/crps.ts';
import type { FittedForecaster, Hyperparameters, Json, Resumable, StepBudget } from '../models/forecaster.ts';
import { type PredictiveDistribution, QUANTILE_LEVELS } from '../models/predictive-distribution.ts';
import { deriveSeed } from '../numerics/derive-seed.ts';
import { decodeFloat64, encodeFloat64 } from '../numerics/float64-codec.ts';
import { parseDate } from '../series/civil-date.ts';
import { logReturns } from '../series/log-returns.ts';
import { type Series, sliceSeries } from '../series/series.ts';
import { Combination, type Combinations, encodeCombinations, restoreCombinations } from './combination.ts';
import { companionsUpTo } from './companions.ts';
import type { EnsembleConfiguration } from './ensemble-configuration.ts';
import type { EnsembleFitResult } from './ensemble-fit-result.ts';
import { halfExpandingMeans, sumReturns } from './expanding-mean.ts';
import { combineQuantiles, FittedEnsemble } from './fitted-ensemble.ts';
import type { MemberRegistry } from './member-registry.ts';
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
 * 2. `compare`: every combination of entries and mean factor is scored by the ensemble's mean CRPS on validation; the best
 *    wins, the first one among equals;
 * 3. `score`: the winner, still fitted on train, forecasts train (in sample) and validation, both by the preset; on validation each
 *    way of combining learns, bar by bar;
 * 4. `refit`: each member is fitted on train and validation with its winning hyperparameters.
 *
 * The checkpoint holds artifacts, not forecasts: `compare` computes the forecasts again after a cut.
 */
export class EnsembleFit implements Resumable<EnsembleFitResult> {
  readonly #input: EnsembleFitInput;
  readonly #members: readonly ConfiguredMember[];
  readonly #seedNames: readonly (string | number)[];
  readonly #trainSeries: Series;
  readonly #realised: Float64Array;
  readonly #firstScoredBar: number;
  readonly #tuning: readonly TuningFit[];
  readonly #trials: readonly Trial[];
  /** By `#tuning`; empty again when they are no longer needed. */
  #tuned: FittedForecaster[] = [];
  readonly #trialScores: Float64Array[] = [];
  readonly #refitted: FittedForecaster[] = [];
  #phase: Phase = 'tune';
  #fit: Resumable<FittedForecaster> | undefined;
  #train: ScoredForecasts | undefined;
  #validation: ScoredForecasts | undefined;
  readonly #combinations: Combinations;
  /** Forecasts of validation by tuning fit, for `compare` only. */
  #validationForecasts: PredictiveDistribution[][] | undefined;

  /**
   * @throws InvalidInputError `invalid_configuration`, `member_not_available`, `invalid_window_sizes` when train and
   *   validation are not the bars of the series; FitError `too_few_bars` when train leaves no bar to score; what a member's
   *   `fit` throws, also from `step`
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
    this.#seedNames = input.seedNames ?? [series.symbol, series.times[bars - 1]];
    this.#trainSeries = sliceSeries(series, 0, train);
    this.#realised = logReturns(series.close);
    this.#firstScoredBar = Math.max(input.scoreFrom ?? 0, firstScoredBar(this.#members));
    if (this.#firstScoredBar >= train) {
      throw new FitError(
        'too_few_bars',
        `Train has ${train} bars, and more than ${this.#firstScoredBar} are needed to fit the members and score them.`,
        { symbol: series.symbol, have: train, need: this.#firstScoredBar + 1 },
      );
    }
    this.#tuning = this.#members.flatMap(({ grid }, member) => grid.map((_, entry) => ({ member, entry })));
    this.#trials = everyTrial(this.#members, configuration.meanFactors);
    const state = (checkpoint as { readonly combinations: Json } | undefined)?.combinations;
    this.#combinations = state === undefined ? this.#startCombinations() : restoreCombinations(state);
    if (checkpoint !== undefined) this.#resume(checkpoint);
  }

  step(budget: StepBudget): boolean {
    while (this.#phase !== 'done') {
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
      if (budget.expired()) break;
    }
    return this.#phase === 'done';
  }

  progress(): number {
    if (this.#phase === 'done') return 1;
    const running = this.#fit?.progress() ?? 0;
    const fits = this.#tuning.length + this.#members.length;
    const tuned = this.#phase === 'refit' ? this.#tuning.length : this.#tuned.length;
    const fitted = tuned + this.#refitted.length + running;
    // Comparing and scoring are counted as one more fit.
    const compared = this.#trialScores.length / this.#trials.length;
    return Math.min(0.999, (fitted + compared) / (fits + 1));
  }

  checkpoint(): Json {
    return {
      phase: this.#phase,
      tuned: this.#tuned.map((fitted) => fitted.toJSON()),
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
      trials: this.#trials.length,
      trialScores: this.#trialScores,
      firstScoredBar: this.#firstScoredBar,
      train: this.#train,
      validation: this.#validation,
      validationSpanDays: this.#validationSpanDays(),
      combinations: this.#combinations,
    };
  }

  #tune(budget: StepBudget): void {
    this.#fit ??= this.#startTuning(this.#tuned.length);
    if (!this.#fit.step(budget)) return;
    this.#tuned.push(this.#fit.result());
    this.#fit = undefined;
    if (this.#tuned.length === this.#tuning.length) this.#phase = 'compare';
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
    this.#validationForecasts ??= this.#tuned.map((fitted) => fitted.predictRange(series, train, end));
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

  #score(): void {
    const { series, train } = this.#input;
    const { entries } = this.#bestTrial();
    const ensemble = this.#assemble(
      (member) => this.#tuned[this.#tuningIndex(member, entries[member])],
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
    this.#fit ??= this.#startRefit(this.#refitted.length);
    if (!this.#fit.step(budget)) return;
    this.#refitted.push(this.#fit.result());
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
    let best = 0;
    let bestScore = Number.POSITIVE_INFINITY;
    for (let t = 0; t < this.#trials.length; t++) {
      const score = this.#trialScores[t].reduce((sum, value) => sum + value, 0);
      if (score < bestScore) {
        best = t;
        bestScore = score;
      }
    }
    return this.#trials[best];
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
    return new FittedEnsemble(fittedOn.symbol, members, meanFactor, sumReturns(fittedOn));
  }

  #tuningIndex(member: number, entry: number): number {
    return this.#tuning.findIndex((fit) => fit.member === member && fit.entry === entry);
  }

  #resume(checkpoint: Json): void {
    const state = checkpoint as { readonly [key: string]: Json };
    this.#phase = state.phase as Phase;
    for (const artifact of state.tuned as readonly Json[]) {
      const { forecaster } = this.#members[this.#tuning[this.#tuned.length].member];
      this.#tuned.push(forecaster.restore(artifact));
    }
    for (const scores of state.trialScores as readonly string[])
      this.#trialScores.push(decodeFloat64(scores));
    for (const artifact of state.refitted as readonly Json[]) {
      this.#refitted.push(this.#members[this.#refitted.length].forecaster.restore(artifact));
    }
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

/** The first bar that every member with every entry of its grid can forecast. */
function firstScoredBar(members: readonly ConfiguredMember[]): number {
  return Math.max(
    ...members.flatMap(({ forecaster, grid }) =>
      grid.map((entry: Hyperparameters) => forecaster.minimumBars(entry)),
    ),
  );
}

/** Every combination, the last member's entries varying fastest, within each the mean factors. */
function everyTrial(members: readonly ConfiguredMember[], meanFactors: readonly number[]): Trial[] {
  let combinations: number[][] = [[]];
  for (const { grid } of members) {
    combinations = combinations.flatMap((entries) => grid.map((_, entry) => [...entries, entry]));
  }
  return combinations.flatMap((entries) => meanFactors.map((meanFactor) => ({ entries, meanFactor })));
}
