import type { Json } from '../../json.ts';
import { requireFitSeries } from '../../series/require-fit-series.ts';
import { FilteredResidualsForecaster, type ReturnFilter } from '../filtered-residuals-forecaster.ts';
import type { FittedForecaster, Forecaster } from '../forecaster.ts';
import type { MeanAndScale } from '../mean-and-scale.ts';
import { requireArtifact } from '../require-artifact.ts';
import { requireHyperparameters } from '../require-hyperparameters.ts';
import { resumableUnits } from '../resumable/resumable-units.ts';

const NAME = 'NO_CHANGE';
const MINIMUM_BARS = 250;
/** Returns in the standard deviation: about a year of sessions. */
const WINDOW = 250;
/** Returns before the first standardised residual. */
const BURN_IN = 20;

/**
 * No change: the expected log return is 0, the benchmark of every point forecast.
 *
 * The scale is the root mean square of the last 250 log returns (all of them while there are fewer) times the root of the
 * steps; the quantiles are those of the last 1,000 returns, each divided by the scale known before it. There is nothing to
 * fit and no hyperparameter; the seed is not used.
 */
export const noChange: Forecaster = {
  name: NAME,
  grid: [{}],
  minimumBars: () => MINIMUM_BARS,
  fit(series, hyperparameters, { checkpoint }) {
    requireHyperparameters(NAME, hyperparameters, {});
    requireFitSeries(series, MINIMUM_BARS);
    return resumableUnits<Json, FittedForecaster>([(state) => state], null, fitted, checkpoint);
  },
  restore(artifact) {
    requireArtifact(artifact, NAME, 1);
    return fitted();
  },
};

function fitted(): FittedForecaster {
  return new FilteredResidualsForecaster(NAME, MINIMUM_BARS, () => new RollingScale(), {
    name: NAME,
    version: 1,
  });
}

/** Mean 0 and a rolling root mean square. */
class RollingScale implements ReturnFilter {
  readonly #squares = new Float64Array(WINDOW);
  #count = 0;

  forecast(steps: number): MeanAndScale | null {
    if (this.#count < BURN_IN) return null;
    const n = Math.min(this.#count, WINDOW);
    // Summed anew each time: a running sum would keep the rounding of an outlier that has left the window.
    let sum = 0;
    for (let i = 0; i < n; i++) sum += this.#squares[i];
    if (!(sum > 0)) return null;
    return { mean: 0, scale: Math.sqrt((sum / n) * steps) };
  }

  update(logReturn: number): void {
    this.#squares[this.#count % WINDOW] = logReturn * logReturn;
    this.#count++;
  }
}
