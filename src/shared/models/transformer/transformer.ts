import type { Forecaster } from '../forecaster.ts';
import { networkForecaster } from '../networks/network-forecaster.ts';
import { TRANSFORMER_GRID } from './transformer-hyperparameters.ts';
import { transformerNetworks } from './transformer-networks.ts';

/** The member `TRANSFORMER`, of the legacy baseline only: small encoders with self-attention over the last bars. */
export const transformer: Forecaster = networkForecaster(transformerNetworks, TRANSFORMER_GRID);
