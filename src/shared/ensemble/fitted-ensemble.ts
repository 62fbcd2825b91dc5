import { ConformalLevels } from '../calibration/conformal-levels.ts';
import { FitError } from '../errors/fit-error.ts';
import type { Json } from '../json.ts';
import type { FittedForecaster, Hyperparameters, MemberName } from '../models/forecaster.ts';
import type { PredictiveDistribution } from '../numerics/distributions/predictive-distribution.ts';
import { decodeFloat64OrNull, encodeFloat64 } from '../numerics/float64-codec.ts';
import type { Series } from '../series/series.ts';
import { averageQuantiles } from './average-quantiles.ts';
import type { Combination } from './combination.ts';
import { type DroppedMember, droppedMembersJson } from './dropped-member.ts';
import { halfExpandingMeans, type ReturnSum } from './expanding-mean.ts';
import { meanShift, shrinkMean } from './mean-shrinkage.ts';
import { type MemberRegistry, requireMember } from './member-registry.ts';
import { ofMember } from './of-member.ts';
import { renormalised } from './renormalised.ts';

/** Changes whenever an artifact written before can no longer be read. */
const VERSION = 2;

/** A fitted member with its part in the ensemble. */
export interface EnsembleMember {
  readonly name: MemberName;
  readonly weight: number;
  readonly hyperparameters: Hyperparameters;
  readonly fitted: FittedForecaster;
}

/** An ensemble's forecast of one bar, or of several bars cumulated. */
export interface EnsembleForecast {
  readonly distribution: PredictiveDistribution;
  /** What each member forecasts by itself, its mean not shrunk. */
  readonly members: Readonly<Partial<Record<MemberName, PredictiveDistribution>>>;
  /** What the members' means were shrunk towards: half the expanding mean, times the steps. */
  readonly anchor: number;
}

/** Fitted members, their weights, the factor by which their means are shrunk, and the conformal levels, if there are any. */
export class FittedEnsemble {
  readonly symbol: string;
  readonly members: readonly EnsembleMember[];
  readonly meanFactor: number;
  /** Members that the configuration has and this ensemble goes on without; the weights of the others make up 1. */
  readonly dropped: readonly DroppedMember[];
  readonly #returns: ReturnSum;
  readonly #levels: ConformalLevels | null;

  /**
   * @param levels at which the combined quantiles are read off; null: as they are
   * @param dropped members that it goes on without; default none
   */
  constructor(
    symbol: string,
    members: readonly EnsembleMember[],
    meanFactor: number,
    returns: ReturnSum,
    levels: ConformalLevels | null = null,
    dropped: readonly DroppedMember[] = [],
  ) {
    this.symbol = symbol;
    this.members = members;
    this.meanFactor = meanFactor;
    this.dropped = dropped;
    this.#returns = returns;
    this.#levels = levels;
  }

  /** Time of the last bar that the expanding mean had seen when the ensemble was fitted. */
  get cutoff(): string {
    return this.#returns.cutoff;
  }

  /**
   * Forecasts the log return from the last bar of `history` over the next `steps` bars.
   *
   * `history` must reach back as far as each member's `predict` wants, and should hold every bar since the cutoff.
   *
   * @throws what a member's `predict` throws, naming the member (see `ofMember`)
   */
  predict(history: Series, steps = 1): EnsembleForecast {
    const end = history.times.length;
    const half = halfExpandingMeans(history, end, end + 1, this.#returns)[0];
    return this.#combine(
      this.members.map(({ name, fitted }) => ofMember(name, () => fitted.predict(history, steps))),
      half * steps,
    );
  }

  /**
   * Forecasts over `steps` bars that begin with the bars `from` to `to` - 1 of `series`; the forecast that begins
   * with bar i sees only bars before i.
   *
   * @throws what a member's `predictRange` throws, naming the member (see `ofMember`)
   */
  predictRange(series: Series, from: number, to: number, steps = 1): EnsembleForecast[] {
    const halves = halfExpandingMeans(series, from, to, this.#returns);
    const byMember = this.members.map(({ name, fitted }) =>
      ofMember(name, () => fitted.predictRange(series, from, to, steps)),
    );
    return Array.from(halves, (half, i) =>
      this.#combine(
        byMember.map((forecasts) => forecasts[i]),
        half * steps,
      ),
    );
  }

  /** The same ensemble with some members fitted anew. */
  withRefitted(refitted: ReadonlyMap<MemberName, FittedForecaster>): FittedEnsemble {
    const members = this.members.map((member) => ({
      ...member,
      fitted: refitted.get(member.name) ?? member.fitted,
    }));
    return this.#with(members);
  }

  /**
   * The ensemble without one of its members, the others' weights renormalised.
   *
   * @throws FitError `no_member_left` when it is the only one
   */
  without(dropped: DroppedMember): FittedEnsemble {
    const all = [...this.dropped, dropped];
    const members = renormalised(
      this.members.filter(({ name }) => name !== dropped.member),
      all,
    );
    return this.#with(members, this.#levels, all);
  }

  /** The same ensemble with the weights and the conformal levels that a combination has learned so far. */
  withCombination({ levels, weights }: Combination): FittedEnsemble {
    const members = this.members.map((member, m) => ({ ...member, weight: weights[m] }));
    return this.#with(members, levels?.copy() ?? null);
  }

  /** The members' distributions of a forecast in their order, each with its mean shrunk: what is combined. */
  shrunkMembers({ anchor, members }: EnsembleForecast): PredictiveDistribution[] {
    return this.members.map(({ name }) => shrinkMean(members[name]!, anchor, this.meanFactor));
  }

  /** The artifact: everything {@link restoreEnsemble} needs, to the bit. */
  toJSON(): Json {
    return {
      version: VERSION,
      symbol: this.symbol,
      cutoff: this.#returns.cutoff,
      scalars: encodeFloat64(
        Float64Array.of(
          this.meanFactor,
          this.#returns.sum,
          this.#returns.count,
          ...this.members.map(({ weight }) => weight),
        ),
      ),
      levels: this.#levels?.toJSON() ?? null,
      members: this.members.map(({ name, hyperparameters, fitted }) => ({
        name,
        hyperparameters,
        artifact: fitted.toJSON(),
      })),
      ...(this.dropped.length > 0 && { dropped: droppedMembersJson(this.dropped) }),
    };
  }

  #with(
    members: readonly EnsembleMember[],
    levels: ConformalLevels | null = this.#levels,
    dropped: readonly DroppedMember[] = this.dropped,
  ): FittedEnsemble {
    return new FittedEnsemble(this.symbol, members, this.meanFactor, this.#returns, levels, dropped);
  }

  #combine(forecasts: readonly PredictiveDistribution[], anchor: number): EnsembleForecast {
    const average = combineMembers(
      forecasts,
      this.members.map(({ weight }) => weight),
      anchor,
      this.meanFactor,
    );
    return {
      distribution: this.#levels === null ? average : this.#levels.adapt(average),
      members: Object.fromEntries(this.members.map(({ name }, m) => [name, forecasts[m]])),
      anchor,
    };
  }
}

/** Shrinks each member's mean towards `anchor`, then averages the quantiles. */
export function combineMembers(
  forecasts: readonly PredictiveDistribution[],
  weights: readonly number[],
  anchor: number,
  meanFactor: number,
): PredictiveDistribution {
  return averageQuantiles(
    forecasts.map((forecast) => shrinkMean(forecast, anchor, meanFactor)),
    weights,
  );
}

/**
 * The quantiles of {@link combineMembers}, to the bit, written into `into`: for the thousands of combinations that tuning
 * compares, which would be hundreds of megabytes of distributions.
 */
export function combineQuantiles(
  forecasts: readonly PredictiveDistribution[],
  weights: readonly number[],
  anchor: number,
  meanFactor: number,
  into: Float64Array,
): void {
  into.fill(0);
  for (let m = 0; m < forecasts.length; m++) {
    const { quantiles } = forecasts[m];
    const shift = meanShift(quantiles, anchor, meanFactor);
    for (let i = 0; i < into.length; i++) into[i] += weights[m] * (quantiles[i] + shift);
  }
}

/**
 * An ensemble from its artifact.
 *
 * @throws FitError `invalid_artifact`; InvalidInputError `member_not_available`
 */
export function restoreEnsemble(artifact: Json, registry?: MemberRegistry): FittedEnsemble {
  const record = artifact as { readonly [key: string]: Json } | null;
  if (record === null || typeof record !== 'object' || record.version !== VERSION) {
    throw new FitError('invalid_artifact', `Not an artifact of an ensemble of version ${VERSION}`);
  }
  const { symbol, cutoff, scalars, levels, members } = record;
  if (typeof symbol !== 'string' || typeof cutoff !== 'string' || !Array.isArray(members)) {
    throw new FitError('invalid_artifact', 'An ensemble artifact lacks its symbol, cutoff or members');
  }
  const [meanFactor, sum, count, ...weights] = decodeFloat64OrNull(scalars) ?? [];
  if (weights.length !== members.length || ![meanFactor, sum, count, ...weights].every(Number.isFinite)) {
    throw new FitError('invalid_artifact', `An ensemble of ${members.length} members has wrong scalars`);
  }
  const restored = members.map((member: Json, m) => {
    const entry = member as { name: MemberName; hyperparameters: Hyperparameters; artifact: Json };
    const fitted = requireMember(entry.name, registry).forecaster.restore(entry.artifact);
    return { name: entry.name, weight: weights[m], hyperparameters: entry.hyperparameters, fitted };
  });
  const dropped = (record.dropped ?? []) as unknown as readonly DroppedMember[];
  if (!Array.isArray(dropped)) {
    throw new FitError('invalid_artifact', 'The dropped members of an ensemble artifact are no list');
  }
  return new FittedEnsemble(
    symbol,
    restored,
    meanFactor,
    { cutoff, sum, count },
    levels === null ? null : ConformalLevels.from(levels),
    dropped,
  );
}
