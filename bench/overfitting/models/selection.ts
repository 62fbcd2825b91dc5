import { deriveSeed } from '../../../src/shared/numerics/derive-seed.ts';
import type { PredictiveDistribution } from '../../../src/shared/numerics/distributions/predictive-distribution.ts';
import { SeededRandom } from '../../../src/shared/numerics/random.ts';
import { crpsAtOutcomes } from '../crps-of-shifts.ts';
import { reshaped, type Stretch, type ZooWindow } from '../zoo-window.ts';

/** Noise forecasts of which the best on validation is taken. */
export interface NoiseSearch {
  /** How many are tried. */
  readonly trials: number;
  /** Standard deviation of a forecast, as a share of the scale that filtered historical simulation expects of its bar. */
  readonly amplitude: number;
}

/** Noise forecasts that were tried, all of one amplitude. */
export interface NoiseTrials {
  readonly amplitude: number;
  /** CRPS by bar of validation of every trial. */
  readonly scores: readonly Float64Array[];
  /** The forecasts of a stretch by the trial with the smallest mean CRPS of the first `count`. */
  bestOf(count: number): (stretch: Stretch) => PredictiveDistribution[];
}

/**
 * Tries forecasts that are independent normal noise on validation. The spread and shape of each are those of filtered historical
 * simulation. A trial's noise derives from the seed, its number and the part, so that a search for more trials has tried the same ones
 * and more.
 */
export function tryNoise(window: ZooWindow, { trials, amplitude }: NoiseSearch, seed: number): NoiseTrials {
  const { past, trainBars, fitBars, firstScored } = window;
  const validation = past.fhs.slice(trainBars - firstScored, fitBars - firstScored);
  const scoreAt = validation.map(({ quantiles }) => crpsAtOutcomes(quantiles));
  const scores = Array.from({ length: trials }, (_, trial) => {
    const random = noise(seed, trial, 'validation');
    return Float64Array.from(validation, ({ mean, scale }, i) =>
      scoreAt[i](past.returns[trainBars + i] - amplitude * scale * random.normal() + mean),
    );
  });
  const sums = scores.map((own) => own.reduce((sum, value) => sum + value, 0));
  return {
    amplitude,
    scores,
    bestOf: (count) => {
      const best = sums.indexOf(Math.min(...sums.slice(0, count)));
      return (stretch) => noiseForecasts(stretch, window, amplitude, seed, best);
    },
  };
}

/** The forecasts of one trial: noise and nothing else. */
function noiseForecasts(
  stretch: Stretch,
  { trainBars, fitBars }: ZooWindow,
  amplitude: number,
  seed: number,
  trial: number,
): PredictiveDistribution[] {
  const parts = {
    train: noise(seed, trial, 'train'),
    validation: noise(seed, trial, 'validation'),
    test: noise(seed, trial, 'test'),
  };
  return stretch.fhs.map((forecast, i) => {
    const bar = stretch.from + i;
    const part = bar < trainBars ? 'train' : bar < fitBars ? 'validation' : 'test';
    return reshaped(forecast, amplitude * forecast.scale * parts[part].normal());
  });
}

function noise(seed: number, trial: number, part: string): SeededRandom {
  return new SeededRandom(deriveSeed(seed, 'noise', trial, part));
}
