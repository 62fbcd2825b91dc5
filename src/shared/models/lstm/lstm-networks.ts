import type { NetworkKind } from '../networks/network-kind.ts';
import { DEGREES_OF_FREEDOM } from '../networks/student-t-likelihood.ts';
import { initialParameters } from './initial-parameters.ts';
import { LoadedNetwork } from './kernel/lstm-kernel.ts';
import { type LstmHyperparameters, parseLstmHyperparameters } from './lstm-hyperparameters.ts';
import { networkShape, parameterLayout } from './network-shape.ts';

/** The networks of the member `LSTM`; the kernel computes them. */
export const lstmNetworks: NetworkKind<LstmHyperparameters> = {
  name: 'LSTM',
  artifactVersion: 3,
  parse: parseLstmHyperparameters,
  parameterCount: (hyperparameters) => parameterLayout(networkShape(hyperparameters)).length,
  initialParameters: (hyperparameters, random) => initialParameters(networkShape(hyperparameters), random),
  load: (hyperparameters, data, parameters, batch) =>
    new LoadedNetwork(networkShape(hyperparameters), data, parameters, batch, DEGREES_OF_FREEDOM),
};
