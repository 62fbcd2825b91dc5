import type { Json } from '../../json.ts';
import { requireFitSeries } from '../../series/require-fit-series.ts';
import type { Series } from '../../series/series.ts';
import type { FitOptions, FittedForecaster, Forecaster, Hyperparameters, Resumable } from '../forecaster.ts';
import { FittedNetwork } from './fitted-network.ts';
import { decodeNetworkArtifact } from './network-artifact.ts';
import { fitNetworks } from './network-fit.ts';
import { firstForecastBar } from './network-inputs.ts';
import type { NetworkHyperparameters, NetworkKind } from './network-kind.ts';

/** Training and early-stopping samples a fit needs at least. */
const MINIMUM_SAMPLES = 100;

/**
 * A member made of networks that forecast location and scale of the next bar's log return, in units of what the linear
 * path expects at the cutoff, trained on the likelihood of a Student t.
 *
 * Early stopping looks at the last 15 % of the fit's own bars. The same seed gives the same bits.
 *
 * @param grid hyperparameters tried on validation, in this order
 */
export function networkForecaster<H extends NetworkHyperparameters>(
  kind: NetworkKind<H>,
  grid: readonly Hyperparameters[],
): Forecaster {
  const minimumBars = (hyperparameters: Hyperparameters) =>
    firstForecastBar(kind.parse(hyperparameters).lookback) + MINIMUM_SAMPLES;
  return {
    name: kind.name,
    grid,
    minimumBars,

    fit(series: Series, hyperparameters: Hyperparameters, options: FitOptions): Resumable<FittedForecaster> {
      const parsed = kind.parse(hyperparameters);
      requireFitSeries(series, minimumBars(hyperparameters));
      const { seed, companions = [], checkpoint } = options;
      return fitNetworks(kind, series, parsed, seed, companions, checkpoint);
    },

    restore(artifact: Json): FittedForecaster {
      return new FittedNetwork(kind, decodeNetworkArtifact(kind, artifact));
    },
  };
}
