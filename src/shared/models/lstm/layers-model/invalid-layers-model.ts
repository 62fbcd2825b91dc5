import { FitError } from '../../../errors/fit-error.ts';

/** The error for a LayersModel that is none of ours. */
export function invalidLayersModel(reason: string): FitError {
  return new FitError('invalid_artifact', `Not a LayersModel of an LSTM: ${reason}`);
}
