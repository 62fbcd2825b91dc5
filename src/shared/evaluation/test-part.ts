import { type Combinations, encodeCombinations, restoreCombinations } from '../ensemble/combination.ts';
import type { Weighting } from '../ensemble/ensemble-configuration.ts';
import type { FittedEnsemble } from '../ensemble/fitted-ensemble.ts';
import { type MemberRegistry, requireMember } from '../ensemble/member-registry.ts';
import type { FittedForecaster, Json, MemberName, Resumable, StepBudget } from '../models/forecaster.ts';
import type { PredictiveDistribution } from '../models/predictive-distribution.ts';
import { deriveSeed } from '../numerics/derive-seed.ts';
import { decodeFloat64, encodeFloat64 } from '../numerics/float64-codec.ts';
import { logReturns } from '../series/log-returns.ts';
import { type Series, sliceSeries } from '../series/series.ts';
import {
  concatenateForecasts,
  decodeScoredForecasts,
  encodeScoredForecasts,
  type ScoredForecasts,
  scoreForecasts,
} from './scored-forecasts.ts';

export interface TestPartInput {
  /** The bars of the whole window. */
  readonly series: Series;
  /** Bars before test: train and validation. Every refit sees as many. */
  readonly fitBars: number;
  /** Fitted on the first `fitBars` bars. */
  readonly ensemble: FittedEnsemble;
  /** As they stand at the cutoff; they go on learning here, each by itself, and are not changed themselves. */
  readonly combinations: Combinations;
  /** Bars between refits. */
  readonly refitEvery: number;
  readonly seed: number;
  readonly seedNames: readonly (string | number)[];
  readonly checkpoint?: Json;
  readonly registry?: MemberRegistry;
}

/** The test part's forecasts, and how often members were fitted anew for them. */
export interface TestPartResult {
  /** The ensemble's forecasts, combined in either way. */
  readonly combinations: Readonly<Record<Weighting, ScoredForecasts>>;
  /** Each member's own forecasts, with the mean shrunk as in the ensemble. */
  readonly members: Readonly<Partial<Record<MemberName, ScoredForecasts>>>;
  readonly refits: number;
  /** The members' weights in `calibrated` for the last test bar, in their order. */
  readonly lastCalibratedWeights: readonly number[];
}

/** The scored forecasts of a stretch: the ensemble's by either way, and those of its members in their order. */
interface Stretch {
  readonly simpleAverage: ScoredForecasts;
  readonly calibrated: ScoredForecasts;
  readonly members: readonly ScoredForecasts[];
}

/**
 * Forecasts each test bar once, in stretches of `refitEvery` bars. Before each stretch but the first, the members that are
 * cheap enough are fitted anew on the `fitBars` bars before it; the others stay as they are. Weights and conformal levels learn from
 * each bar after it was forecast.
 */
export class TestPart implements Resumable<TestPartResult> {
  readonly #input: TestPartInput;
  readonly #refittedNames: readonly MemberName[];
  readonly #stretches: Stretch[] = [];
  readonly #stretchCount: number;
  /** Members fitted anew for the stretch under way. */
  #refitted = new Map<MemberName, FittedForecaster>();
  #fit: Resumable<FittedForecaster> | undefined;
  /** As they stand after the stretches so far. */
  #combinations: Combinations;
  /** Those for the last bar that was forecast. */
  #lastWeights: readonly number[];

  constructor(input: TestPartInput) {
    this.#input = input;
    const { ensemble, registry, series, fitBars, refitEvery, checkpoint } = input;
    this.#refittedNames = ensemble.members
      .map(({ name }) => name)
      .filter((name) => requireMember(name, registry).refittedInsideTest);
    this.#stretchCount = Math.ceil((series.times.length - fitBars) / refitEvery);
    this.#combinations = restoreCombinations(encodeCombinations(input.combinations));
    this.#lastWeights = this.#combinations.calibrated.weights;
    if (checkpoint !== undefined) this.#resume(checkpoint);
  }

  step(budget: StepBudget): boolean {
    while (this.#stretches.length < this.#stretchCount) {
      if (this.#membersToRefit > this.#refitted.size) this.#refit(budget);
      else this.#forecastStretch();
      if (budget.expired()) break;
    }
    return this.#stretches.length === this.#stretchCount;
  }

  progress(): number {
    const refitted = this.#refitted.size + (this.#fit?.progress() ?? 0);
    const within = this.#refittedNames.length === 0 ? 0 : refitted / (this.#refittedNames.length + 1);
    return Math.min(1, (this.#stretches.length + within) / this.#stretchCount);
  }

  checkpoint(): Json {
    return {
      stretches: this.#stretches.map(({ simpleAverage, calibrated, members }) =>
        [simpleAverage, calibrated, ...members].map(encodeScoredForecasts),
      ),
      combinations: encodeCombinations(this.#combinations),
      lastWeights: encodeFloat64(Float64Array.from(this.#lastWeights)),
      refitted: [...this.#refitted.values()].map((fitted) => fitted.toJSON()),
      fit: this.#fit?.checkpoint() ?? null,
    };
  }

  result(): TestPartResult {
    if (this.#stretches.length < this.#stretchCount) {
      throw new Error('The test part is not forecast yet: step() has not returned true.');
    }
    const { members } = this.#input.ensemble;
    return {
      combinations: {
        simple_avg: concatenateForecasts(this.#stretches.map(({ simpleAverage }) => simpleAverage)),
        calibrated: concatenateForecasts(this.#stretches.map(({ calibrated }) => calibrated)),
      },
      members: Object.fromEntries(
        members.map(({ name }, m) => [
          name,
          concatenateForecasts(this.#stretches.map((stretch) => stretch.members[m])),
        ]),
      ),
      refits: this.#refittedNames.length === 0 ? 0 : this.#stretchCount - 1,
      lastCalibratedWeights: this.#lastWeights,
    };
  }

  /** How many members the stretch under way wants fitted anew. */
  get #membersToRefit(): number {
    return this.#stretches.length === 0 ? 0 : this.#refittedNames.length;
  }

  /** Bars that lie between the window's first and the first that a refit for the stretch under way sees. */
  get #offset(): number {
    return this.#stretches.length * this.#input.refitEvery;
  }

  #refit(budget: StepBudget): void {
    this.#fit ??= this.#startRefit();
    if (!this.#fit.step(budget)) return;
    this.#refitted.set(this.#refittedNames[this.#refitted.size], this.#fit.result());
    this.#fit = undefined;
  }

  #startRefit(checkpoint?: Json): Resumable<FittedForecaster> {
    const { ensemble, fitBars, registry, seed, seedNames, series } = this.#input;
    const name = this.#refittedNames[this.#refitted.size];
    const { hyperparameters } = ensemble.members.find((member) => member.name === name)!;
    const known = sliceSeries(series, this.#offset, this.#offset + fitBars);
    return requireMember(name, registry).forecaster.fit(known, hyperparameters, {
      seed: deriveSeed(seed, ...seedNames, name, 'test', this.#stretches.length),
      checkpoint,
    });
  }

  #forecastStretch(): void {
    const { ensemble, fitBars, refitEvery, series } = this.#input;
    const end = Math.min(this.#offset + fitBars + refitEvery, series.times.length);
    const known = sliceSeries(series, this.#offset, end);
    const forecasts = ensemble.withRefitted(this.#refitted).predictRange(known, fitBars, known.times.length);
    const realised = logReturns(known.close).subarray(fitBars - 1);
    const byBar = forecasts.map((forecast) => ensemble.shrunkMembers(forecast));
    this.#stretches.push({
      simpleAverage: this.#combineAndLearn('simple_avg', byBar, realised),
      calibrated: this.#combineAndLearn('calibrated', byBar, realised),
      members: ensemble.members.map((_, m) =>
        scoreForecasts(
          byBar.map((members) => members[m]),
          realised,
        ),
      ),
    });
    this.#refitted = new Map();
  }

  /** A bar is combined before it is learned from. */
  #combineAndLearn(
    weighting: Weighting,
    byBar: readonly (readonly PredictiveDistribution[])[],
    realised: Float64Array,
  ): ScoredForecasts {
    const combination = this.#combinations[weighting];
    const combined = byBar.map((members, i) => {
      const distribution = combination.combine(members);
      if (weighting === 'calibrated') this.#lastWeights = combination.weights;
      combination.learn(members, realised[i]);
      return distribution;
    });
    return scoreForecasts(combined, realised);
  }

  #resume(checkpoint: Json): void {
    const state = checkpoint as { readonly [key: string]: Json };
    for (const stretch of state.stretches as readonly (readonly Json[])[]) {
      const [simpleAverage, calibrated, ...members] = stretch.map(decodeScoredForecasts);
      this.#stretches.push({ simpleAverage, calibrated, members });
    }
    this.#combinations = restoreCombinations(state.combinations);
    this.#lastWeights = Array.from(decodeFloat64(state.lastWeights as string));
    for (const artifact of state.refitted as readonly Json[]) {
      const name = this.#refittedNames[this.#refitted.size];
      this.#refitted.set(name, requireMember(name, this.#input.registry).forecaster.restore(artifact));
    }
    if (state.fit !== null) this.#fit = this.#startRefit(state.fit);
  }
}
