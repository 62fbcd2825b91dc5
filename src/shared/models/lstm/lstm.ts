import type { Forecaster } from '../forecaster.ts';
import { networkForecaster } from '../networks/network-forecaster.ts';
import { LSTM_GRID } from './lstm-hyperparameters.ts';
import { lstmNetworks } from './lstm-networks.ts';

/** The member `LSTM`: recurrent networks that learn what the linear path misses. */
export const lstm: Forecaster = networkForecaster(lstmNetworks, LSTM_GRID);
