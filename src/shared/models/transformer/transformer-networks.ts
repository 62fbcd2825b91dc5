import type { NetworkKind } from '../networks/network-kind.ts';
import { Encoder } from './encoder.ts';
import { encoderLayout, encoderShape } from './encoder-shape.ts';
import { initialEncoderParameters } from './initial-encoder-parameters.ts';
import {
  parseTransformerHyperparameters,
  type TransformerHyperparameters,
} from './transformer-hyperparameters.ts';

/** The networks of the member `TRANSFORMER`. */
export const transformerNetworks: NetworkKind<TransformerHyperparameters> = {
  name: 'TRANSFORMER',
  artifactVersion: 2,
  parse: parseTransformerHyperparameters,
  parameterCount: (hyperparameters) => encoderLayout(encoderShape(hyperparameters)).length,
  initialParameters: (hyperparameters, random) =>
    initialEncoderParameters(encoderShape(hyperparameters), random),
  load: (hyperparameters, data, parameters, batch) =>
    new Encoder(encoderShape(hyperparameters), data, parameters, batch),
};
