import { requireFitSeries } from '../../series/require-fit-series.ts';
import type { Series } from '../../series/series.ts';
import type {
  FitOptions,
  FittedForecaster,
  Forecaster,
  Hyperparameters,
  Json,
  Resumable,
} from '../forecaster.ts';
import { FittedLstm, firstForecastBar } from './fitted-lstm.ts';
import { decodeLstmArtifact } from './lstm-artifact.ts';
import { LstmFit } from './lstm-fit.ts';
import { LSTM_GRID, parseLstmHyperparameters } from './lstm-hyperparameters.ts';

/** Training and early-stopping samples a fit needs at least. */
const MINIMUM_SAMPLES = 100;

/**
 * The member `LSTM`: a recurrent network that forecasts location and scale of the next bar's log return, in units of the
 * volatility known at the cutoff, trained on the likelihood of a Student t. Its log scale also sees the range linearly.
 *
 * Early stopping looks at the last 15 % of the fit's own bars. The same seed gives the same bits.
 */
export const lstm: Forecaster = {
  name: 'LSTM',
  grid: LSTM_GRID,

  minimumBars(hyperparameters: Hyperparameters): number {
    return firstForecastBar(parseLstmHyperparameters(hyperparameters).lookback) + MINIMUM_SAMPLES;
  },

  fit(series: Series, hyperparameters: Hyperparameters, options: FitOptions): Resumable<FittedForecaster> {
    const parsed = parseLstmHyperparameters(hyperparameters);
    requireFitSeries(series, lstm.minimumBars(hyperparameters));
    const { seed, companions = [], checkpoint } = options;
    return new LstmFit(series, parsed, seed, companions, checkpoint);
  },

  restore(artifact: Json): FittedForecaster {
    return new FittedLstm(decodeLstmArtifact(artifact));
  },
};
