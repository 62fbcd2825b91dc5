import ln from '@stdlib/math-base-special-ln';
import { FitError } from '../../errors/fit-error.ts';
import { lowestMinimum, type Minimum, minimise } from '../../numerics/minimise.ts';
import { centreAndUnit } from '../centre-and-unit.ts';
import { ArimaLikelihood } from './arima-likelihood.ts';
import type { ArimaOrder } from './arima-order.ts';
import { arimaStarts } from './arima-starts.ts';
import { firstWithoutLevels } from './diffuse-start.ts';
import { arFromPartial, pullBackToPartial } from './partial-autocorrelations.ts';

/**
 * Partial autocorrelations of the autoregression stay this far inside the unit circle; beyond, a polynomial counts as
 * on it.
 */
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
  /** See `ArimaFit`. */
  readonly atBounds: readonly ('ar' | 'ma')[];
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
        `${name}: orders are integers from 0, and d is at most 2`,
      );
    }
    if (constant && d > 1) {
      throw new FitError(
        'invalid_hyperparameters',
        `${name} has no constant: it would vanish in two differences`,
      );
    }
    const need = p + q + d + 4;
    if (y.length < need) {
      throw new FitError('too_few_bars', `${y.length} values are too few for ${name}: it needs ${need}`, {
        have: y.length,
        need,
      });
    }
    let differences = y.slice();
    for (let round = 0; round < d; round++) {
      differences = differences.subarray(1).map((value, t) => value - differences[t]);
    }
    const n = differences.length;
    const { centre, unit } = centreAndUnit(differences, constant, d === 0 ? 'values' : 'differences', {
      series: y,
      d,
    });
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
      const within = (start: Float64Array, upper: Float64Array, coarse: boolean) =>
        minimise(objective, start, { lower: upper.map((bound) => -bound), upper, coarse });
      const wholeBox = new Float64Array(size).fill(1);
      wholeBox.fill(LARGEST_PARTIAL, 0, p);
      // The likelihood is symmetric about the unit circle, so it is flat on it whether that is a maximum or not: a step that
      // ends there would stay. First keep off it, unless the start is as near itself.
      const nearUnit = 1 - 1 / this.n;
      const roughly = (start: Float64Array) => {
        const upper = start.map((value, i) => {
          return i < p ? LARGEST_PARTIAL : Math.max(nearUnit, 0.5 + 0.5 * Math.abs(value));
        });
        const inside = within(start, upper, true);
        const isHeld = inside.x.some((value, i) => i >= p && Math.abs(value) >= upper[i]);
        return isHeld ? lowestMinimum([inside, within(inside.x, wholeBox, true)]) : inside;
      };
      const starts = arimaStarts(this.likelihood, this.#scaled, this.order);
      const rough = lowestMinimum(starts.map(roughly));
      best = within(rough.x, wholeBox, false);
      if (!Number.isFinite(best.value)) {
        throw new FitError(
          'not_converged',
          `The likelihood of ARIMA(${p}, ${this.order.d}, ${q}) is not finite on ${this.n} values`,
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
      atBounds: [
        ...(best.x.subarray(0, p).some(isAtUnitCircle) ? ['ar' as const] : []),
        ...(best.x.subarray(p).some(isAtUnitCircle) ? ['ma' as const] : []),
      ],
    };
  }
}

function isAtUnitCircle(partial: number): boolean {
  return Math.abs(partial) >= LARGEST_PARTIAL;
}

function coefficients(x: Float64Array, p: number): { ar: Float64Array; ma: Float64Array } {
  return {
    ar: arFromPartial(x.subarray(0, p)),
    ma: arFromPartial(x.subarray(p)).map((value) => -value),
  };
}
