/** What the log variance of realized GARCH reacts to: the last bar's measure, or the measures of a month. */
export type RealizedVariance = 'realized' | 'realized_har';

/** Is it realized GARCH, of either kind? */
export function isRealized(variance: string): variance is RealizedVariance {
  return variance === 'realized' || variance === 'realized_har';
}

/** The same of whatever names its variance. */
export function hasRealizedVariance<Named extends { readonly variance: string }>(
  named: Named,
): named is Extract<Named, { readonly variance: RealizedVariance }> {
  return isRealized(named.variance);
}

const WEEK = 5;
const MONTH = 22;
const WEEKLY = 0.3;
const MONTHLY = 0.3;

/**
 * Weights of the log measures of the latest bars, the last one's first; they sum to 1.
 *
 * `realized`: the last bar alone. `realized_har`: 0.4 of the last bar, 0.3 of the mean over 5 bars and 0.3 of that over 22, the lags of
 * Corsi (2009), which realized GARCH takes to follow volatility's long memory (Huang, Liu and Wang 2016). Fixed rather than estimated:
 * three strongly correlated means and the memory of the variance itself can hardly be told apart on a thousand bars.
 */
export function lagWeights(variance: RealizedVariance): Float64Array {
  if (variance === 'realized') return Float64Array.of(1);
  return Float64Array.from(
    { length: MONTH },
    (_, lag) => (lag === 0 ? 1 - WEEKLY - MONTHLY : 0) + (lag < WEEK ? WEEKLY / WEEK : 0) + MONTHLY / MONTH,
  );
}

/** The weighted mean of the latest log measures. Before as many as there are weights, those there are share the whole weight. */
export class LaggedMeasure {
  readonly #variance: RealizedVariance;
  readonly #weights: Float64Array;
  /** The latest measures, the last one's first. */
  readonly #latest: Float64Array;
  #size = 0;

  constructor(variance: RealizedVariance) {
    this.#variance = variance;
    this.#weights = lagWeights(variance);
    this.#latest = new Float64Array(this.#weights.length);
  }

  /** Takes the measure of the next bar. @param logMeasure NaN where there is none: it is passed over */
  push(logMeasure: number): void {
    if (Number.isNaN(logMeasure)) return;
    this.#latest.copyWithin(1, 0);
    this.#latest[0] = logMeasure;
    this.#size = Math.min(this.#size + 1, this.#latest.length);
  }

  /** The mean; NaN before the first measure. */
  get value(): number {
    let sum = 0;
    let weight = 0;
    for (let lag = 0; lag < this.#size; lag++) {
      sum += this.#weights[lag] * this.#latest[lag];
      weight += this.#weights[lag];
    }
    return sum / weight;
  }

  copy(): LaggedMeasure {
    const copy = new LaggedMeasure(this.#variance);
    copy.#latest.set(this.#latest);
    copy.#size = this.#size;
    return copy;
  }
}

/** By bar, what the variance after it reacts to: the lagged measure up to this bar; NaN where this bar's measure is missing. */
export function laggedMeasures(logMeasures: Float64Array, variance: RealizedVariance): Float64Array {
  if (variance === 'realized') return logMeasures;
  const lagged = new LaggedMeasure(variance);
  return logMeasures.map((logMeasure) => {
    lagged.push(logMeasure);
    return Number.isNaN(logMeasure) ? Number.NaN : lagged.value;
  });
}
