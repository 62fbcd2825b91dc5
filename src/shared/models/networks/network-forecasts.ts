import exp from '@stdlib/math-base-special-exp';
import { deriveSeed } from '../../numerics/derive-seed.ts';
import { SeededRandom } from '../../numerics/random.ts';
import type { NetworkInputs } from './network-inputs.ts';
import type { NetworkHyperparameters, NetworkKind } from './network-kind.ts';
import { STUDENT_T_DEVIATION } from './student-t-likelihood.ts';

/**
 * The log scale is held within these bounds: e^-4 to e^4 times the scale that the linear path expects; the losses
 * too.
 */
export const LOG_SCALE_LIMIT = 4;
/** Samples of one pass through a network. */
const BATCH = 32;

/** Mean and scale of one bar's log return. */
export interface BarForecast {
  readonly mean: number;
  readonly scale: number;
}

/** Forward passes with dropout (Gal and Ghahramani 2016), as many for each network. */
export interface MonteCarloDropout {
  readonly passes: number;
  readonly rate: number;
  readonly seed: number;
}

/**
 * The one-step forecasts of the bars after `cutoffs`, by several networks and passes together.
 *
 * They are one mixture with equal parts: its mean is the mean of their locations, its variance the mean of their variances
 * plus the variance of their locations (Lakshminarayanan, Pritzel and Blundell 2017, section 2.4).
 *
 * @param networks parameters of each network
 * @param times of the bars; a bar's masks derive from its time, so that they do not depend on where a series starts
 * @param cutoffs rows of `inputs`, each with `lookback` rows of inputs up to it
 * @param dropout default: one pass without
 */
export function forecastBars<H extends NetworkHyperparameters>(
  kind: NetworkKind<H>,
  hyperparameters: H,
  networks: readonly Float32Array[],
  inputs: NetworkInputs,
  times: readonly string[],
  cutoffs: Int32Array,
  dropout?: MonteCarloDropout,
): BarForecast[] {
  const passes = dropout?.passes ?? 1;
  const parts = networks.length * passes;
  const locations = new Float64Array(cutoffs.length);
  const squaredLocations = new Float64Array(cutoffs.length);
  const variances = new Float64Array(cutoffs.length);
  for (let n = 0; n < networks.length; n++) {
    const network = kind.load(hyperparameters, inputs, networks[n], BATCH);
    for (let from = 0; from < cutoffs.length; from += BATCH) {
      const samples = cutoffs.subarray(from, from + BATCH);
      for (let pass = 0; pass < passes; pass++) {
        if (dropout !== undefined) {
          const { rate, seed } = dropout;
          const randomOf = (sample: number) =>
            new SeededRandom(deriveSeed(seed, 'forecast', n, pass, times[samples[sample]]));
          network.drawMasks(samples.length, rate, randomOf);
        }
        const forecast = pass > 0 ? network.again() : network.forward(samples, dropout !== undefined);
        for (let i = 0; i < samples.length; i++) {
          const location = forecast.locations[i];
          const logScale = Math.max(-LOG_SCALE_LIMIT, Math.min(LOG_SCALE_LIMIT, forecast.logScales[i]));
          const scale = exp(logScale) * STUDENT_T_DEVIATION;
          locations[from + i] += location / parts;
          squaredLocations[from + i] += (location * location) / parts;
          variances[from + i] += (scale * scale) / parts;
        }
      }
    }
  }
  return Array.from(cutoffs, (cutoff, i) => {
    const unit = inputs.unit[cutoff];
    const spread = Math.max(0, squaredLocations[i] - locations[i] * locations[i]);
    return {
      mean: locations[i] * unit,
      // After a price error the network may say more than any move there was; a bar without moves has no such bound.
      scale: Math.min(Math.sqrt(variances[i] + spread) * unit, inputs.largestMove[cutoff] || Infinity),
    };
  });
}
