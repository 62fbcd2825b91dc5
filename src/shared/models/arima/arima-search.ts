import ln from '@stdlib/math-base-special-ln';
import { FitError } from '../../errors/fit-error.ts';
import { lowestMinimum, type Minimum, minimise } from '../../numerics/minimise.ts';
import { ArimaLikelihood } from './arima-likelihood.ts';
import type { ArimaOrder } from './arima-order.ts';
import { firstWithoutLevels } from './diffuse-start.ts';
import { hannanRissanen } from './hannan-rissanen.ts';
import { arFromPartial, partialFromAr, pullBackToPartial } from './partial-autocorrelations.ts';

/** Partial autocorrelations of the autoregression stay this far inside the unit circle. */
const LARGEST_PARTIAL = 1 - 1e-6;

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
   * Searches for the maximum: roughly from every start, then on from where the likelihood is highest.
   *
   * @throws FitError `not_converged` when the likelihood exists at no start
   */
  run(): ArimaMaximum {
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
      const search = (start: Float64Array, largestMa: number, coarse: boolean) => {
        const upper = new Float64Array(size).fill(largestMa);
        upper.fill(LARGEST_PARTIAL, 0, p);
        return minimise(objective, start, { lower: upper.map((bound) => -bound), upper, coarse });
      };
      // The likelihood is symmetric about the unit circle, so it is flat on it whether that is a maximum or not: a step that
      // ends there would stay. First keep off it.
      const nearUnit = 1 - 1 / this.n;
      const rough = lowestMinimum(this.#starts().map((start) => search(start, nearUnit, true)));
      best = search(rough.x, nearUnit, false);
      if (best.x.subarray(p).some((value) => Math.abs(value) >= nearUnit)) {
        best = lowestMinimum([search(best.x, 1, false), best]);
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
   * No dependence, a rough estimate, and by first partial autocorrelations (ar, -ma): for pure models weak and strong dependence of
   * either sign, for mixed ones both sides of the ridge on which the two parts cancel. Near cancelling and near the unit circle a
   * likelihood often has several maxima, and the highest is narrow.
   */
  #starts(): Float64Array[] {
    const { p, q } = this.order;
    const firsts =
      p > 0 && q > 0
        ? [
            [0.7, 0.595],
            [-0.7, -0.595],
            [0.95, 0.97],
            [0.97, 0.99],
            [-0.95, -0.97],
          ]
        : [0.5, -0.5, 0.9, -0.9, 0.98, -0.98].map((first) => [first, first]);
    const starts = firsts.map(([autoregression, movingAverage]) => {
      const start = new Float64Array(p + q);
      if (q > 0) start[p] = movingAverage;
      if (p > 0) start[0] = autoregression;
      return start;
    });
    if (p === 0 || q === 0) starts.push(new Float64Array(p + q));
    const rough = hannanRissanen(this.#scaled, p, q);
    if (rough !== null) {
      const start = new Float64Array(p + q);
      start.set(insidePartial(rough.ar));
      start.set(insidePartial(rough.ma.map((value) => -value)), p);
      starts.push(start);
    }
    return starts;
  }
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
