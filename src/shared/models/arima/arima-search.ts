import ln from '@stdlib/math-base-special-ln';
import { FitError } from '../../errors/fit-error.ts';
import { lowestMinimum, type Minimum, minimise, type Objective } from '../../numerics/minimise.ts';
import { ArimaLikelihood } from './arima-likelihood.ts';
import type { ArimaOrder } from './arima-order.ts';
import { firstWithoutLevels } from './diffuse-start.ts';
import { hannanRissanen } from './hannan-rissanen.ts';
import { arFromPartial, partialFromAr, pullBackToPartial } from './partial-autocorrelations.ts';

/** Partial autocorrelations of the autoregression stay this far inside the unit circle. */
const LARGEST_PARTIAL = 1 - 1e-6;
/** Up to this many values, every start is searched from anyway: it costs little, and few data have more local maxima. */
const SHORT_SERIES = 500;

/** The maximum of an ARIMA likelihood. */
export interface ArimaMaximum {
  readonly ar: Float64Array;
  readonly ma: Float64Array;
  /** Mean (d = 0) or drift (d = 1); 0 without one. */
  readonly constant: number;
  /** Innovation variance. */
  readonly variance: number;
  readonly logLikelihood: number;
  readonly converged: boolean;
}

/**
 * The search for the maximum of an ARIMA likelihood, over partial autocorrelations: every candidate is stationary and
 * invertible. A moving average may reach the unit circle (as it does when a series is differenced once too often).
 *
 * Data are brought to unit variance (and, with a mean, to mean 0) first: their unit does not matter.
 */
export class ArimaSearch {
  readonly order: ArimaOrder;
  /** Whether a mean or drift is estimated. */
  readonly constant: boolean;
  /** Number of differences. */
  readonly n: number;
  /** The data are `centre` + `unit` times the scaled data. */
  readonly unit: number;
  readonly centre: number;
  /** Of the scaled data. */
  readonly likelihood: ArimaLikelihood;
  readonly #scaled: Float64Array;

  /** @throws FitError `invalid_hyperparameters`, `too_few_bars`, `not_finite`, `constant_series` */
  constructor(y: Float64Array, order: ArimaOrder, constant: boolean) {
    const { p, d, q } = order;
    const name = `ARIMA(${p}, ${d}, ${q})`;
    if (![p, d, q].every((count) => Number.isInteger(count) && count >= 0) || d > 2) {
      throw new FitError(
        'invalid_hyperparameters',
        `${name}: orders are integers from 0, and d is at most 2.`,
      );
    }
    if (constant && d > 1) {
      throw new FitError(
        'invalid_hyperparameters',
        `${name} has no constant: it would vanish in two differences.`,
      );
    }
    const need = p + q + d + 4;
    if (y.length < need) {
      throw new FitError('too_few_bars', `${y.length} values are too few for ${name}: it needs ${need}.`, {
        have: y.length,
        need,
      });
    }
    let differences = y.slice();
    for (let round = 0; round < d; round++) {
      differences = differences.subarray(1).map((value, t) => value - differences[t]);
    }
    const n = differences.length;
    const mean = differences.reduce((sum, value) => sum + value, 0) / n;
    const centre = constant ? mean : 0;
    const unit = Math.sqrt(
      differences.reduce((sum, value) => sum + (value - centre) * (value - centre), 0) / n,
    );
    if (!Number.isFinite(unit))
      throw new FitError('not_finite', `The ${y.length} values are not all finite.`);
    if (!differences.some((value) => value !== differences[0]) || !(unit > 0)) {
      const what = d === 0 ? 'values' : 'differences';
      throw new FitError('constant_series', `All ${n} ${what} are ${mean}: there is nothing to fit.`);
    }
    this.order = order;
    this.constant = constant;
    this.n = n;
    this.unit = unit;
    this.centre = centre;
    this.#scaled = differences.map((value) => (value - centre) / unit);
    this.likelihood = new ArimaLikelihood({
      differences: this.#scaled,
      first: firstWithoutLevels(y.subarray(0, d)).map((value, j) => (value - (j === 0 ? centre : 0)) / unit),
      constant,
    });
  }

  /**
   * Searches for the maximum.
   *
   * @param thorough from every start; otherwise, on long series, from the two starts of highest likelihood only, which takes
   * two thirds of the time and now and then, where the data hardly tell the coefficients apart, ends at a lower maximum
   * @throws FitError `not_converged` when the likelihood exists at no start
   */
  run(thorough: boolean): ArimaMaximum {
    const { p, q } = this.order;
    const size = p + q;
    const gradient = new Float64Array(size);
    let best: Minimum = { x: new Float64Array(0), value: 0, converged: true, iterations: 0 };
    if (size > 0) {
      const objective = (x: Float64Array, byPartial: Float64Array) => {
        const { ar, ma } = coefficients(x, p);
        const value = this.likelihood.evaluate(ar, ma, gradient).negativeLogLikelihood;
        byPartial.set(pullBackToPartial(x.subarray(0, p), gradient.subarray(0, p)));
        byPartial.set(
          pullBackToPartial(
            x.subarray(p),
            gradient.subarray(p).map((slope) => -slope),
          ),
          p,
        );
        return value;
      };
      const search = (start: Float64Array, largestMa: number) => {
        const upper = new Float64Array(size).fill(largestMa);
        upper.fill(LARGEST_PARTIAL, 0, p);
        return minimise(objective, start, { lower: upper.map((bound) => -bound), upper });
      };
      // The likelihood is symmetric about the unit circle, so it is flat on it whether that is a maximum or not: a step that
      // ends there would stay. First keep off it.
      const nearUnit = 1 - 1 / this.n;
      const starts =
        thorough || this.n <= SHORT_SERIES
          ? [...this.#starts(), ...this.#startsNearCancelling()]
          : mostLikely(this.#starts(), objective, 2);
      best = lowestMinimum(starts.map((start) => search(start, nearUnit)));
      if (best.x.subarray(p).some((value) => Math.abs(value) >= nearUnit)) {
        best = lowestMinimum([search(best.x, 1), best]);
      }
      if (!Number.isFinite(best.value)) {
        throw new FitError(
          'not_converged',
          `The likelihood of ARIMA(${p}, ${this.order.d}, ${q}) is not finite on ${this.n} values.`,
          { p, d: this.order.d, q },
        );
      }
    }
    const { ar, ma } = coefficients(best.x, p);
    const { negativeLogLikelihood, constant, variance } = this.likelihood.evaluate(ar, ma, gradient);
    return {
      ar,
      ma,
      constant: this.centre + this.unit * constant,
      variance: this.unit * this.unit * variance,
      logLikelihood: -negativeLogLikelihood - this.n * ln(this.unit),
      converged: best.converged,
    };
  }

  /**
   * For mixed models, a slow autoregression that a moving average nearly cancels, from its other side: on data close to noise the
   * highest of several maxima often lies there, and is narrow.
   */
  #startsNearCancelling(): Float64Array[] {
    const { p, q } = this.order;
    if (p === 0 || q === 0) return [];
    return [
      [0.95, 0.97],
      [0.97, 0.99],
    ].map(([slow, cancelling]) => {
      const start = new Float64Array(p + q);
      start[0] = slow;
      start[p] = cancelling;
      return start;
    });
  }

  /** No dependence; for mixed models both sides of the ridge on which the two parts cancel, and a rough estimate. */
  #starts(): Float64Array[] {
    const { p, q } = this.order;
    const origin = new Float64Array(p + q);
    if (p === 0 || q === 0) return [origin];
    const starts = [0.7, -0.7].map((first) => {
      const start = origin.slice();
      start[0] = first;
      start[p] = 0.85 * first;
      return start;
    });
    const rough = hannanRissanen(this.#scaled, p, q);
    if (rough !== null) {
      const start = origin.slice();
      start.set(insidePartial(rough.ar));
      start.set(insidePartial(rough.ma.map((value) => -value)), p);
      starts.push(start);
    }
    return starts;
  }
}

/** The `count` starts of lowest value, lowest first. */
function mostLikely(starts: readonly Float64Array[], objective: Objective, count: number): Float64Array[] {
  if (starts.length <= count) return [...starts];
  const valued = starts.map((start) => ({ start, value: objective(start, new Float64Array(start.length)) }));
  return valued
    .sort((a, b) => a.value - b.value)
    .slice(0, count)
    .map(({ start }) => start);
}

/** Partial autocorrelations of an autoregression that is damped until it is clearly stationary. */
function insidePartial(ar: Float64Array): Float64Array {
  for (let damping = 1; ; damping *= 0.9) {
    let power = 1;
    const damped = ar.map((value) => {
      power *= damping;
      return value * power;
    });
    const partial = partialFromAr(damped);
    if (partial?.every((value) => Math.abs(value) < 0.98)) return partial;
    if (damping < 1e-3) return new Float64Array(ar.length);
  }
}

function coefficients(x: Float64Array, p: number): { ar: Float64Array; ma: Float64Array } {
  return {
    ar: arFromPartial(x.subarray(0, p)),
    ma: arFromPartial(x.subarray(p)).map((value) => -value),
  };
}
