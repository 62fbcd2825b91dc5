import type { LstmBackend } from '../../src/shared/contracts/environment.ts';
import type { Forecaster } from '../../src/shared/models/forecaster.ts';
import { lstm } from '../../src/shared/models/lstm/lstm.ts';

/** The member `LSTM` trained by what `LSTM_BACKEND` names. TensorFlow.js is loaded only when it is asked for. */
export async function lstmOfBackend(backend: LstmBackend): Promise<Forecaster> {
  if (backend === 'wasm') return lstm;
  const { createTfjsLstm } = await import('./tfjs-lstm.ts');
  return await createTfjsLstm();
}
