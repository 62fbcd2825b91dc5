import { ConformalLevels } from '../calibration/conformal-levels.ts';
import { OnlineAggregation } from '../calibration/online-aggregation.ts';
import type { Json } from '../json.ts';
import type { PredictiveDistribution } from '../numerics/distributions/predictive-distribution.ts';
import { decodeFloat64, encodeFloat64 } from '../numerics/float64-codec.ts';
import { crpsSubgradient } from '../scores/crps.ts';
import { averageQuantiles } from './average-quantiles.ts';
import type { Weighting } from './ensemble-configuration.ts';

/**
 * How the members' forecasts of a bar become the ensemble's, and what is learned once the bar came true: weights, if they are
 * calibrated, and conformal levels, if there is a step. A bar is combined before it is learned from, so that nothing that is forecast
 * depends on it.
 */
export class Combination {
  readonly #preset: readonly number[];
  readonly #aggregation: OnlineAggregation | null;
  readonly #levels: ConformalLevels | null;

  private constructor(
    preset: readonly number[],
    aggregation: OnlineAggregation | null,
    levels: ConformalLevels | null,
  ) {
    this.#preset = preset;
    this.#aggregation = aggregation;
    this.#levels = levels;
  }

  /**
   * Before anything is learned.
   *
   * @param preset the members' weights, from which calibrated ones begin; they sum to 1
   * @param conformalStep of the conformal levels; absent: none
   */
  static start(weighting: Weighting, preset: readonly number[], conformalStep?: number): Combination {
    return new Combination(
      [...preset],
      weighting === 'calibrated' ? new OnlineAggregation(preset) : null,
      conformalStep === undefined ? null : new ConformalLevels(conformalStep),
    );
  }

  /** The members' weights for the next bar. */
  get weights(): readonly number[] {
    return this.#aggregation?.weights ?? this.#preset;
  }

  /** The conformal levels for the next bar; null without. */
  get levels(): ConformalLevels | null {
    return this.#levels;
  }

  /** The ensemble's forecast. @param members forecasts of the next bar, their means shrunk */
  combine(members: readonly PredictiveDistribution[]): PredictiveDistribution {
    const average = averageQuantiles(members, this.weights);
    return this.#levels === null ? average : this.#levels.adapt(average);
  }

  /**
   * Learns from a bar that came true.
   *
   * Members are compared by the CRPS that the average loses to them, linearised (Wintenberger 2017, section 4; Berrisch and Ziel 2023),
   * in units of the scale that the preset expected before the bar: a crash does not decide alone.
   *
   * @param members forecasts of the bar, as {@link combine} was given them
   * @param outcome the bar's log return
   */
  learn(members: readonly PredictiveDistribution[], outcome: number): void {
    if (this.#aggregation === null && this.#levels === null) return;
    const { quantiles } = averageQuantiles(members, this.weights);
    this.#levels?.learn(quantiles, outcome);
    if (this.#aggregation === null) return;
    const slopes = crpsSubgradient(quantiles, outcome);
    const expected = members.reduce((sum, { scale }, m) => sum + this.#preset[m] * scale, 0);
    this.#aggregation.learn(
      members.map((member) => {
        let advantage = 0;
        for (let i = 0; i < slopes.length; i++) advantage += slopes[i] * (quantiles[i] - member.quantiles[i]);
        return advantage / expected;
      }),
    );
  }

  /** The same without one of the members, what the others learned kept. @param member its place */
  without(member: number): Combination {
    const left = this.#preset.filter((_, m) => m !== member);
    const sum = left.reduce((total, weight) => total + weight, 0);
    return new Combination(
      left.map((weight) => weight / sum),
      this.#aggregation?.without(member) ?? null,
      this.#levels?.copy() ?? null,
    );
  }

  /** Another that goes on learning from here by itself. */
  copy(): Combination {
    return Combination.from(this.toJSON());
  }

  /** The state, to the bit. */
  toJSON(): Json {
    return {
      preset: encodeFloat64(Float64Array.from(this.#preset)),
      aggregation: this.#aggregation?.toJSON() ?? null,
      levels: this.#levels?.toJSON() ?? null,
    };
  }

  /** The inverse of {@link toJSON}. */
  static from(json: Json): Combination {
    const { preset, aggregation, levels } = json as { preset: string; aggregation: Json; levels: Json };
    return new Combination(
      Array.from(decodeFloat64(preset)),
      aggregation === null ? null : OnlineAggregation.from(aggregation),
      levels === null ? null : ConformalLevels.from(levels),
    );
  }
}

/** Both ways of weighing the same members, whichever a configuration asks for. */
export type Combinations = Readonly<Record<Weighting, Combination>>;

/** Both before anything is learned: see `Combination.start`. */
export function startCombinations(preset: readonly number[], conformalStep?: number): Combinations {
  return {
    simple_avg: Combination.start('simple_avg', preset, conformalStep),
    calibrated: Combination.start('calibrated', preset, conformalStep),
  };
}

/** As JSON, to the bit. */
export function encodeCombinations({ calibrated, simple_avg }: Combinations): Json {
  return { simple_avg: simple_avg.toJSON(), calibrated: calibrated.toJSON() };
}

/** The inverse of {@link encodeCombinations}; also what makes a copy of both. */
export function restoreCombinations(json: Json): Combinations {
  const { calibrated, simple_avg } = json as { readonly [key in Weighting]: Json };
  return { simple_avg: Combination.from(simple_avg), calibrated: Combination.from(calibrated) };
}
