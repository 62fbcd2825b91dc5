import exp from '@stdlib/math-base-special-exp';
import ln from '@stdlib/math-base-special-ln';
import type { Json } from '../json.ts';
import { decodeFloat64, encodeFloat64 } from '../numerics/float64-codec.ts';

/**
 * Bernstein online aggregation (Wintenberger 2017, "Optimal learning with Bernstein online aggregation", Machine Learning 106; used for
 * quantile forecasts by Berrisch and Ziel 2023, "CRPS learning", Journal of Econometrics 237): weights of experts that are learned bar by
 * bar from what each of them lost, at a rate of each expert's own.
 *
 * With r the loss of the aggregate less that of the expert, after each bar
 *
 *     B = max(B, |r|), V = V + r^2, eta = min(1 / (2 B), sqrt(ln N / V)), R = R + (r - eta r^2) / 2,
 *
 * and the weights of the next bar are proportional to prior x exp(eta R), as in the R package opera up to its version 1.2. Two terms of
 * the paper are not there. It adds B / 2 to R where a rate that was set before r came turns out too large for it; here the rate is set
 * first, so that eta |r| never exceeds 1/2 and the case never arises. And it weighs by prior x eta x exp(eta R): the expert nearest to
 * the aggregate, which is the one with the most weight, has the largest eta, so that weights would leave the prior where experts are
 * equally good. On members of this ensemble that made weights vary two thirds more, and the CRPS no better.
 *
 * With linearised losses the aggregate does, up to a term of order sqrt(n), as well as the best fixed weighting in hindsight, not only
 * as the best expert. Losses have one unit throughout; which one does not matter.
 */
export class OnlineAggregation {
  readonly #prior: readonly number[];
  /** Largest |r| of each expert so far. */
  readonly #largest: Float64Array;
  /** Sum of r^2. */
  readonly #squares: Float64Array;
  /** Regularised regret. */
  readonly #regret: Float64Array;
  #samples = 0;
  #weights: readonly number[];

  /** @param prior weights before anything is learned; positive, and they sum to 1 */
  constructor(prior: readonly number[]) {
    this.#prior = [...prior];
    this.#largest = new Float64Array(prior.length);
    this.#squares = new Float64Array(prior.length);
    this.#regret = new Float64Array(prior.length);
    this.#weights = this.#prior;
  }

  /** Bars learned from. */
  get samples(): number {
    return this.#samples;
  }

  /** For the next bar, in the order of the prior; at least 0, and they sum to 1 up to rounding. */
  get weights(): readonly number[] {
    return this.#weights;
  }

  /**
   * Learns from a bar that came true.
   *
   * @param advantages by expert: the aggregate's loss less the expert's; positive where the expert was better
   * @throws RangeError when they are not as many as experts, or not finite
   */
  learn(advantages: readonly number[]): void {
    const experts = this.#prior.length;
    if (advantages.length !== experts || !advantages.every(Number.isFinite)) {
      throw new RangeError(`Losses [${advantages}] are not one finite number for each of ${experts} experts`);
    }
    const logExperts = ln(experts);
    for (let k = 0; k < experts; k++) {
      const r = advantages[k];
      this.#largest[k] = Math.max(this.#largest[k], Math.abs(r));
      this.#squares[k] += r * r;
      // An expert that never differed has no rate, and nothing to learn.
      if (this.#squares[k] > 0) this.#regret[k] += (r - this.#rate(k, logExperts) * r * r) / 2;
    }
    this.#samples++;
    this.#weights = this.#reweigh();
  }

  /** The same without one of the experts, what the others learned kept; their priors sum to 1 again. @param expert its place */
  without(expert: number): OnlineAggregation {
    const others = <Values extends { filter(keep: (_: number, k: number) => boolean): Values }>(
      values: Values,
    ) => values.filter((_, k) => k !== expert);
    const prior = this.#prior.filter((_, k) => k !== expert);
    const total = sum(prior);
    const rest = new OnlineAggregation(prior.map((weight) => weight / total));
    rest.#largest.set(others(this.#largest));
    rest.#squares.set(others(this.#squares));
    rest.#regret.set(others(this.#regret));
    rest.#samples = this.#samples;
    if (rest.#samples > 0) rest.#weights = rest.#reweigh();
    return rest;
  }

  /** The state, to the bit. */
  toJSON(): Json {
    const state = [...this.#prior, ...this.#largest, ...this.#squares, ...this.#regret];
    return { samples: this.#samples, state: encodeFloat64(Float64Array.from(state)) };
  }

  /** The inverse of {@link toJSON}. @throws RangeError for anything else */
  static from(json: Json): OnlineAggregation {
    const { samples, state } = (json ?? {}) as { samples?: unknown; state?: unknown };
    const values = typeof state === 'string' ? decodeFloat64(state) : new Float64Array(0);
    const experts = values.length / 4;
    if (!Number.isInteger(samples) || experts < 1 || !Number.isInteger(experts)) {
      throw new RangeError('Not the state of an online aggregation');
    }
    const aggregation = new OnlineAggregation(Array.from(values.subarray(0, experts)));
    aggregation.#largest.set(values.subarray(experts, 2 * experts));
    aggregation.#squares.set(values.subarray(2 * experts, 3 * experts));
    aggregation.#regret.set(values.subarray(3 * experts));
    aggregation.#samples = samples as number;
    if (aggregation.#samples > 0) aggregation.#weights = aggregation.#reweigh();
    return aggregation;
  }

  #rate(expert: number, logExperts: number): number {
    return Math.min(1 / (2 * this.#largest[expert]), Math.sqrt(logExperts / this.#squares[expert]));
  }

  /** Experts that differed share the prior weight they have together; one that never did keeps its own. */
  #reweigh(): readonly number[] {
    const experts = this.#prior.length;
    if (experts === 1) return this.#prior;
    const logExperts = ln(experts);
    const logs = this.#prior.map((prior, k) => {
      if (!(this.#squares[k] > 0)) return Number.NEGATIVE_INFINITY;
      const rate = this.#rate(k, logExperts);
      return ln(prior) + rate * this.#regret[k];
    });
    const largest = Math.max(...logs);
    if (largest === Number.NEGATIVE_INFINITY) return this.#prior;
    const shares = logs.map((log) => (log === Number.NEGATIVE_INFINITY ? 0 : exp(log - largest)));
    const total = sum(shares);
    const shared = sum(this.#prior.filter((_, k) => this.#squares[k] > 0));
    return this.#prior.map((prior, k) => (this.#squares[k] > 0 ? (shared * shares[k]) / total : prior));
  }
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}
