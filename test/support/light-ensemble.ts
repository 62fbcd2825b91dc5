import { configurationHash } from '../../src/shared/ensemble/configuration-hash.ts';
import type { EnsembleConfiguration } from '../../src/shared/ensemble/ensemble-configuration.ts';
import type { Json } from '../../src/shared/json.ts';

/** Windows that are validated in a step or two of a worker: 410 bars. */
export const LIGHT_SIZES = { train: 260, validation: 110, test: 40, step: 40 };

/** Ensembles that are fitted in a moment, and differ. */
export function lightEnsemble(ensemble: 'candidate' | 'baseline', seed = 1) {
  const configuration: EnsembleConfiguration = {
    ensemble,
    weights: { ARIMA_GARCH: 1 },
    grids: {
      ARIMA_GARCH: [
        { variance: ensemble === 'candidate' ? 'gjr' : 'garch', innovations: 't', distribution: 'empirical' },
      ],
    },
    meanFactors: [0],
    refitEvery: 21,
    seed,
  };
  return {
    configuration: configuration as unknown as Json,
    hash: configurationHash(configuration),
    members: 'ARIMA_GARCH 1',
  };
}
