import type { PredictiveDistribution } from '../../numerics/distributions/predictive-distribution.ts';
import { distributionFromResiduals, ResidualPool } from '../empirical-residuals.ts';
import type { MeanAndScale } from '../mean-and-scale.ts';
import { convolvedDistribution } from './convolved-distribution.ts';

/** Bars back to which residuals over several steps are kept, as one-step residuals are. */
const RESIDUAL_BARS = 1000;
/**
 * Outcomes that do not overlap from which on their shape counts as much as that of the convolved one-step residuals.
 */
const ENOUGH_OUTCOMES = 50;
/** Of the shape of residuals over several steps, at most. */
const LARGEST_SHARE = 0.5;

/**
 * Residuals of a member's own forecasts over several steps, each kept when its outcome has ended, and the shape of
 * the next forecast.
 *
 * The quantiles are the mean of two, level by level: of the one-step residuals convolved along the member's variances
 * (see {@link convolvedDistribution}), and of these residuals over as many steps. The first are many and know nothing
 * of how steps hang together; the second know it, and whether the scale over several steps is right, but overlap:
 * 1,000 over 20 steps are 50 outcomes. Their share is half from 50 outcomes on, and less in proportion before.
 *
 * On 13 symbols to 2009 the mean of both had the best CRPS of seven shapes for HAR and realized GARCH over 5 and 20
 * bars; from 2010 on, too, up to 0.0005.
 */
export class CumulatedResiduals {
  readonly #steps: number;
  readonly #stride: number;
  readonly #outcomes: Float64Array;
  readonly #pool: ResidualPool;
  /** Forecasts whose outcomes have not ended, oldest first. */
  readonly #open: (MeanAndScale & { readonly bar: number })[] = [];

  /**
   * @param outcomes log returns over the steps; the one that begins with bar i has the place i - 1, and is read when
   *   it has ended
   * @param stride every how many bars a forecast is kept; default 1
   */
  constructor(steps: number, outcomes: Float64Array, stride = 1) {
    this.#steps = steps;
    this.#stride = stride;
    this.#outcomes = outcomes;
    this.#pool = new ResidualPool(Math.floor(RESIDUAL_BARS / stride));
  }

  /**
   * The bars before `start` whose forecasts must be kept for a forecast that begins with bar `from` to have as many
   * residuals as there can be, ascending.
   *
   * @param first the first bar that can be forecast
   * @param isKept whether a bar is one of those whose forecasts are kept: one in `stride`
   */
  lastBars(first: number, start: number, from: number, isKept: (bar: number) => boolean): number[] {
    const bars: number[] = [];
    let left = this.#pool.capacity;
    for (let bar = from - 1; bar >= first && left > 0; bar--) {
      if (!isKept(bar)) continue;
      if (bar + this.#steps <= from) left--;
      if (bar < start) bars.unshift(bar);
    }
    return bars;
  }

  /** Takes the residuals of the forecasts whose outcomes have ended before a bar. */
  endBefore(bar: number): void {
    while (this.#open.length > 0 && this.#open[0].bar + this.#steps <= bar) {
      const { bar: begun, mean, scale } = this.#open.shift()!;
      this.#pool.push((this.#outcomes[begun - 1] - mean) / scale);
    }
  }

  /** Keeps a forecast that begins with a bar until its outcome has ended. */
  keep(bar: number, expected: MeanAndScale): void {
    this.#open.push({ bar, ...expected });
  }

  /** The distribution of a forecast. @param sortedResiduals of one step, ascending; at least one */
  distribution(expected: MeanAndScale, sortedResiduals: Float64Array): PredictiveDistribution {
    const convolved = convolvedDistribution(expected, this.#steps, sortedResiduals);
    if (this.#pool.size === 0) return convolved;
    const outcomes = (this.#pool.size * this.#stride) / this.#steps;
    const share = LARGEST_SHARE * Math.min(1, outcomes / ENOUGH_OUTCOMES);
    const { mean, scale } = expected;
    const own = distributionFromResiduals(mean, scale, this.#pool.sorted()).quantiles;
    return {
      mean,
      scale,
      quantiles: own.map((quantile, i) => (1 - share) * convolved.quantiles[i] + share * quantile),
    };
  }
}
