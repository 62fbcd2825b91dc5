import { type Combinations, encodeCombinations, restoreCombinations } from '../ensemble/combination.ts';
import { type DroppedMember, droppedMembersJson, type OnMemberFailure } from '../ensemble/dropped-member.ts';
import type { Weighting } from '../ensemble/ensemble-configuration.ts';
import type { FittedEnsemble } from '../ensemble/fitted-ensemble.ts';
import { type MemberRegistry, requireMember } from '../ensemble/member-registry.ts';
import { memberSeed } from '../ensemble/member-seed.ts';
import { failedMember, ofMember } from '../ensemble/of-member.ts';
import { PlumblineError } from '../errors/plumbline-error.ts';
import type { Json } from '../json.ts';
import type { FittedForecaster, MemberName, Resumable, StepBudget } from '../models/forecaster.ts';
import { requireDone, workThrough } from '../models/resumable/work-through.ts';
import { decodeDistribution, encodeDistribution } from '../numerics/distributions/distribution-codec.ts';
import type { PredictiveDistribution } from '../numerics/distributions/predictive-distribution.ts';
import { decodeFloat64, encodeFloat64 } from '../numerics/float64-codec.ts';
import { concatenateForecasts, type ScoredForecasts, scoreForecasts } from '../scores/scored-forecasts.ts';
import { logReturns } from '../series/log-returns.ts';
import { type Series, sliceSeries } from '../series/series.ts';
import type { ForecastObserver } from './forecast-observer.ts';
import { decodeStretch, encodeStretch, type TestStretch } from './test-stretch.ts';

export interface TestPartInput {
  /** The bars of the whole window. */
  readonly series: Series;
  /** Bars before test: train and validation. Every refit sees as many. */
  readonly fitBars: number;
  /** Fitted on the first `fitBars` bars. */
  readonly ensemble: FittedEnsemble;
  /** As they stand at the cutoff; they go on learning here, each by itself, and are not changed themselves. */
  readonly combinations: Combinations;
  /** Bars that a forecast looks ahead; default 1. */
  readonly steps?: number;
  /** Bars between refits. */
  readonly refitEvery: number;
  /** The configuration's. */
  readonly seed: number;
  /** Default `fail`. */
  readonly onMemberFailure?: OnMemberFailure;
  readonly checkpoint?: Json;
  readonly registry?: MemberRegistry;
  /** Default none. */
  readonly observe?: ForecastObserver;
}

/** The test part's forecasts, and how often members were fitted anew for them. */
export interface TestPartResult {
  /** The ensemble's forecasts, combined in either way. */
  readonly combinations: Readonly<Record<Weighting, ScoredForecasts>>;
  /** The forecasts of each member that forecast every bar, with the mean shrunk as in the ensemble. */
  readonly members: Readonly<Partial<Record<MemberName, ScoredForecasts>>>;
  /** Members that the ensemble was without at the end: those it never had, and those that failed inside test. */
  readonly dropped: readonly DroppedMember[];
  /** Stretches before which members were fitted anew. */
  readonly refits: number;
  /** The members' weights in `calibrated` for the last test bar, in their order. */
  readonly lastCalibratedWeights: readonly number[];
}

/**
 * Forecasts each test bar once, in stretches of `refitEvery` bars. Before each stretch but the first, the members that are
 * cheap enough are fitted anew on the `fitBars` bars before it; the others stay as they are. Weights and conformal levels learn from
 * each forecast when its outcome has ended. A bar whose outcome would end after test is not forecast.
 *
 * A member that fails ends it, naming the member; with `onMemberFailure` `drop` the ensemble goes on without it from that
 * stretch on: what was forecast before it failed stays as it was.
 */
export class TestPart implements Resumable<TestPartResult> {
  readonly #input: TestPartInput;
  /** With the members that are left. */
  #ensemble: FittedEnsemble;
  readonly #stretches: TestStretch[] = [];
  readonly #stretchCount: number;
  /** Members fitted anew for the stretch under way. */
  #refitted = new Map<MemberName, FittedForecaster>();
  #fit: Resumable<FittedForecaster> | undefined;
  /** As they stand after the stretches so far. */
  #combinations: Combinations;
  /** What the members forecast of the latest bars, whose outcomes have not ended; oldest first. */
  #open: readonly (readonly PredictiveDistribution[])[] = [];
  /** Those for the last bar that was forecast. */
  #lastWeights: readonly number[];

  constructor(input: TestPartInput) {
    this.#input = input;
    const { ensemble, fitBars, refitEvery, checkpoint } = input;
    this.#ensemble = ensemble;
    this.#stretchCount = Math.ceil((this.#end - fitBars) / refitEvery);
    this.#combinations = restoreCombinations(encodeCombinations(input.combinations));
    this.#lastWeights = this.#combinations.calibrated.weights;
    if (checkpoint !== undefined) this.#resume(checkpoint);
  }

  step(budget: StepBudget): boolean {
    return workThrough(
      budget,
      () => this.#isDone,
      () => {
        try {
          if (this.#membersToRefit > this.#refitted.size) this.#refit(budget);
          else this.#forecastStretch();
        } catch (error) {
          this.#drop(error);
        }
      },
    );
  }

  progress(): number {
    const refitted = this.#refitted.size + (this.#fit?.progress() ?? 0);
    // Of the members that the test part began with, so that dropping one takes nothing back.
    const all = this.#input.ensemble.members.length;
    const within = (this.#stretches.length === 0 ? 0 : refitted + this.#droppedInside) / (all + 1);
    return Math.min(1, (this.#stretches.length + within) / this.#stretchCount);
  }

  checkpoint(): Json {
    return {
      dropped: droppedMembersJson(this.#ensemble.dropped.slice(this.#input.ensemble.dropped.length)),
      stretches: this.#stretches.map(encodeStretch),
      combinations: encodeCombinations(this.#combinations),
      ...(this.#open.length > 0 && { open: this.#open.map((members) => members.map(encodeDistribution)) }),
      lastWeights: encodeFloat64(Float64Array.from(this.#lastWeights)),
      refitted: [...this.#refitted.values()].map((fitted) => fitted.toJSON()),
      fit: this.#fit?.checkpoint() ?? null,
    };
  }

  result(): TestPartResult {
    requireDone(this.#isDone);
    const { members, dropped } = this.#ensemble;
    return {
      combinations: {
        simple_avg: concatenateForecasts(this.#stretches.map(({ simpleAverage }) => simpleAverage)),
        calibrated: concatenateForecasts(this.#stretches.map(({ calibrated }) => calibrated)),
      },
      members: Object.fromEntries(
        members.map(({ name }) => [
          name,
          concatenateForecasts(this.#stretches.map((stretch) => stretch.members[name]!)),
        ]),
      ),
      dropped,
      refits: this.#stretches.slice(1).filter((stretch) => this.#hasRefitted(stretch)).length,
      lastCalibratedWeights: this.#lastWeights,
    };
  }

  get #steps(): number {
    return this.#input.steps ?? 1;
  }

  /** One past the last bar that a forecast begins with. */
  get #end(): number {
    return this.#input.series.times.length - this.#steps + 1;
  }

  get #isDone(): boolean {
    return this.#stretches.length === this.#stretchCount;
  }

  get #refittedNames(): readonly MemberName[] {
    return this.#ensemble.members.map(({ name }) => name).filter((name) => this.#isRefitted(name));
  }

  #isRefitted(name: MemberName): boolean {
    return requireMember(name, this.#input.registry).refittedInsideTest;
  }

  /** Whether a stretch after the first had a member that is fitted anew, which may have been dropped since. */
  #hasRefitted({ members }: TestStretch): boolean {
    return Object.keys(members).some((name) => this.#isRefitted(name as MemberName));
  }

  get #droppedInside(): number {
    return this.#ensemble.dropped.length - this.#input.ensemble.dropped.length;
  }

  /** Goes on without the member that an error names, if that is what is asked for. @throws the error otherwise */
  #drop(error: unknown): void {
    const member = failedMember(error);
    if (this.#input.onMemberFailure !== 'drop' || member === undefined || !(error instanceof PlumblineError))
      throw error;
    const { code, message } = error;
    const since = this.#input.series.times[this.#offset + this.#input.fitBars - 1];
    const place = this.#ensemble.members.findIndex(({ name }) => name === member);
    this.#ensemble = this.#ensemble.without({ member, code, message, since });
    const { simple_avg, calibrated } = this.#combinations;
    this.#combinations = { simple_avg: simple_avg.without(place), calibrated: calibrated.without(place) };
    this.#open = this.#open.map((members) => members.filter((_, m) => m !== place));
    this.#refitted.delete(member);
    this.#fit = undefined;
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
    const name = this.#refittedNames[this.#refitted.size];
    const done = ofMember(name, () => {
      this.#fit ??= this.#startRefit();
      return this.#fit.step(budget) ? this.#fit.result() : undefined;
    });
    if (done === undefined) return;
    this.#refitted.set(name, done);
    this.#fit = undefined;
  }

  #startRefit(checkpoint?: Json): Resumable<FittedForecaster> {
    const { fitBars, registry, seed, series } = this.#input;
    const name = this.#refittedNames[this.#refitted.size];
    const { hyperparameters } = this.#ensemble.members.find((member) => member.name === name)!;
    const known = sliceSeries(series, this.#offset, this.#offset + fitBars);
    return requireMember(name, registry).forecaster.fit(known, hyperparameters, {
      seed: memberSeed(seed, series.symbol, series.times[fitBars - 1], name, 'test', this.#stretches.length),
      checkpoint,
    });
  }

  #forecastStretch(): void {
    const { fitBars, refitEvery, series, observe } = this.#input;
    const ensemble = this.#ensemble;
    const steps = this.#steps;
    const end = Math.min(this.#offset + fitBars + refitEvery, this.#end);
    const known = sliceSeries(series, this.#offset, end);
    const forecasts = ensemble
      .withRefitted(this.#refitted)
      .predictRange(known, fitBars, known.times.length, steps);
    const open = this.#open.length;
    const outcomes = logReturns(series.close, steps).subarray(this.#offset + fitBars - 1 - open, end - 1);
    const realised = outcomes.subarray(open);
    const byBar = forecasts.map((forecast) => ensemble.shrunkMembers(forecast));
    const from = this.#offset + fitBars;
    this.#stretches.push({
      simpleAverage: this.#combineAndLearn('simple_avg', byBar, outcomes, from),
      calibrated: this.#combineAndLearn('calibrated', byBar, outcomes, from),
      members: Object.fromEntries(
        ensemble.members.map(({ name }, m) => {
          const own = byBar.map((members) => members[m]);
          observe?.({ model: name, from, forecasts: own });
          return [name, scoreForecasts(own, realised)];
        }),
      ),
    });
    this.#open = [...this.#open, ...byBar].slice(Math.max(0, open + byBar.length - steps + 1));
    this.#refitted = new Map();
  }

  /**
   * A bar is combined before anything is learned from it: then, when it has closed, from the forecast whose outcome
   * ends with it.
   *
   * @param outcomes of the open forecasts and then of the bars'
   */
  #combineAndLearn(
    weighting: Weighting,
    byBar: readonly (readonly PredictiveDistribution[])[],
    outcomes: Float64Array,
    from: number,
  ): ScoredForecasts {
    const combination = this.#combinations[weighting];
    const weights: Partial<Record<MemberName, number>>[] = [];
    const all = [...this.#open, ...byBar];
    const combined = byBar.map((members, i) => {
      const distribution = combination.combine(members);
      weights.push(
        Object.fromEntries(this.#ensemble.members.map(({ name }, m) => [name, combination.weights[m]])),
      );
      if (weighting === 'calibrated') this.#lastWeights = combination.weights;
      // None in the first bars of test.
      const ended = this.#open.length + i - this.#steps + 1;
      if (ended >= 0) combination.learn(all[ended], outcomes[ended]);
      return distribution;
    });
    this.#input.observe?.({ model: weighting, from, forecasts: combined, weights });
    return scoreForecasts(combined, outcomes.subarray(this.#open.length));
  }

  #resume(checkpoint: Json): void {
    const state = checkpoint as { readonly [key: string]: Json };
    for (const dropped of state.dropped as unknown as readonly DroppedMember[])
      this.#ensemble = this.#ensemble.without(dropped);
    this.#stretches.push(...(state.stretches as readonly Json[]).map(decodeStretch));
    this.#combinations = restoreCombinations(state.combinations);
    this.#open = ((state.open ?? []) as readonly (readonly Json[])[]).map((members) =>
      members.map(decodeDistribution),
    );
    this.#lastWeights = Array.from(decodeFloat64(state.lastWeights as string));
    for (const artifact of state.refitted as readonly Json[]) {
      const name = this.#refittedNames[this.#refitted.size];
      this.#refitted.set(name, requireMember(name, this.#input.registry).forecaster.restore(artifact));
    }
    if (state.fit !== null) this.#fit = this.#startRefit(state.fit);
  }
}
