import type { PredictiveDistribution } from '../../numerics/distributions/predictive-distribution.ts';
import type { SessionPosition } from '../../series/half-sessions.ts';
import type { Series } from '../../series/series.ts';
import { distributionOfShape } from '../distribution-of-shape.ts';
import { empiricalQuantiles, ResidualPool } from '../empirical-residuals.ts';
import type { MeanAndScale } from '../mean-and-scale.ts';
import { studentTShape } from '../student-t-shape.ts';
import { ResidualScales } from './residual-scales.ts';

/** Degrees of freedom of the smooth half of the shape, as of the networks' likelihood. */
const DEGREES_OF_FREEDOM = 6;

/**
 * The standardised residuals of a model of half sessions or of bars of eight hours, and the distributions that they
 * shape.
 *
 * A window holds half as many of these bars as of daily ones, so three things are said of a forecast that 1,250 daily
 * bars leave unsaid:
 * - its scale is multiplied by the scale that the residuals of its half of the session have had lately (see
 *   {@link ResidualScales}): a model fitted on 625 bars is soon behind the market;
 * - and by 1 + coefficients / residuals. Residuals of a fit with k coefficients and n residuals are too small by about
 *   1 - k / (2 n), and a forecast with estimated coefficients errs by 1 + k / (2 n);
 * - its shape is half that of the residuals, in units of their scales, and half a smooth one of the same variance: a
 *   quantile far out rests on few of them.
 */
export class SessionResiduals {
  readonly pool: ResidualPool;
  readonly scales: ResidualScales;
  readonly #coefficients: number;
  readonly #smooth: Float64Array;

  /**
   * @param coefficients that the fit estimated
   * @param smooth quantiles at `QUANTILE_LEVELS` of variance 1; default a Student t with 6 degrees of freedom
   * @param pool of the residuals so far in units of their scales; default none
   * @param scales after these
   */
  constructor(
    coefficients: number,
    smooth: Float64Array = studentTShape(DEGREES_OF_FREEDOM),
    pool = new ResidualPool(),
    scales = new ResidualScales(),
  ) {
    this.#coefficients = coefficients;
    this.#smooth = smooth;
    this.pool = pool;
    this.scales = scales;
  }

  /** Adds the standardised residual of a bar. @throws FitError `not_finite` */
  push(residual: number, position: SessionPosition): void {
    this.pool.push(residual / this.scales.of(position));
    this.scales.learn(position, residual);
  }

  /**
   * The distribution of the next bar's log return.
   *
   * @param expected by the model
   * @param position of the next bar
   * @param limit that the scale is held at
   * @throws FitError `not_finite`; `too_few_bars` without residuals
   */
  distribution(expected: MeanAndScale, position: SessionPosition, limit: number): PredictiveDistribution {
    const shape = this.#shape();
    const scale = expected.scale * this.scales.of(position) * (1 + this.#coefficients / this.pool.size);
    return distributionOfShape(expected.mean, Math.min(scale, limit), shape);
  }

  /** Half the residuals', half the smooth one of as large a variance. */
  #shape(): Float64Array {
    const residuals = this.pool.sorted();
    const squares = residuals.reduce((sum, residual) => sum + residual * residual, 0);
    const unit = Math.sqrt(squares / residuals.length);
    return empiricalQuantiles(residuals).map((quantile, i) => (quantile + unit * this.#smooth[i]) / 2);
  }
}

/** Whether a series' bars are those that {@link SessionResiduals} are for: half sessions, or made of them. */
export function hasShortWindows({ timeframe }: Series): boolean {
  return timeframe !== '1D';
}
