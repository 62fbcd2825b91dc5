import type { FittedEnsemble } from '../ensemble/fitted-ensemble.ts';
import { shrinkMean } from '../ensemble/mean-shrinkage.ts';
import { type MemberRegistry, requireMember } from '../ensemble/member-registry.ts';
import type { FittedForecaster, Json, MemberName, Resumable, StepBudget } from '../models/forecaster.ts';
import { deriveSeed } from '../numerics/derive-seed.ts';
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
  /** Bars between refits. */
  readonly refitEvery: number;
  readonly seed: number;
  readonly seedNames: readonly (string | number)[];
  readonly checkpoint?: Json;
  readonly registry?: MemberRegistry;
}

/** The test part's forecasts, and how often members were fitted anew for them. */
export interface TestPartResult {
  readonly scored: ScoredForecasts;
  /** Each member's own forecasts, with the mean shrunk as in the ensemble. */
  readonly members: Readonly<Partial<Record<MemberName, ScoredForecasts>>>;
  readonly refits: number;
}

/** The ensemble's scored forecasts of a stretch, and those of its members in their order. */
interface Stretch {
  readonly scored: ScoredForecasts;
  readonly members: readonly ScoredForecasts[];
}

/**
 * Forecasts each test bar once, in stretches of `refitEvery` bars. Before each stretch but the first, the members that are
 * cheap enough are fitted anew on the `fitBars` bars before it; the others stay as they are.
 */
export class TestPart implements Resumable<TestPartResult> {
  readonly #input: TestPartInput;
  readonly #refittedNames: readonly MemberName[];
  readonly #stretches: Stretch[] = [];
  readonly #stretchCount: number;
  /** Members fitted anew for the stretch under way. */
  #refitted = new Map<MemberName, FittedForecaster>();
  #fit: Resumable<FittedForecaster> | undefined;

  constructor(input: TestPartInput) {
    this.#input = input;
    const { ensemble, registry, series, fitBars, refitEvery, checkpoint } = input;
    this.#refittedNames = ensemble.members
      .map(({ name }) => name)
      .filter((name) => requireMember(name, registry).refittedInsideTest);
    this.#stretchCount = Math.ceil((series.times.length - fitBars) / refitEvery);
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
      stretches: this.#stretches.map(({ scored, members }) =>
        [scored, ...members].map(encodeScoredForecasts),
      ),
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
      scored: concatenateForecasts(this.#stretches.map(({ scored }) => scored)),
      members: Object.fromEntries(
        members.map(({ name }, m) => [
          name,
          concatenateForecasts(this.#stretches.map((stretch) => stretch.members[m])),
        ]),
      ),
      refits: this.#refittedNames.length === 0 ? 0 : this.#stretchCount - 1,
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
    const distributions = forecasts.map(({ distribution }) => distribution);
    this.#stretches.push({
      scored: scoreForecasts(distributions, realised),
      members: ensemble.members.map(({ name }) => {
        const own = forecasts.map(({ members, anchor }) =>
          shrinkMean(members[name]!, anchor, ensemble.meanFactor),
        );
        return scoreForecasts(own, realised);
      }),
    });
    this.#refitted = new Map();
  }

  #resume(checkpoint: Json): void {
    const state = checkpoint as { readonly [key: string]: Json };
    for (const stretch of state.stretches as readonly (readonly Json[])[]) {
      const [scored, ...members] = stretch.map(decodeScoredForecasts);
      this.#stretches.push({ scored, members });
    }
    for (const artifact of state.refitted as readonly Json[]) {
      const name = this.#refittedNames[this.#refitted.size];
      this.#refitted.set(name, requireMember(name, this.#input.registry).forecaster.restore(artifact));
    }
    if (state.fit !== null) this.#fit = this.#startRefit(state.fit);
  }
}
