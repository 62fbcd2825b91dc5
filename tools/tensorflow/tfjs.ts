import * as tf from '@tensorflow/tfjs';
import '@tensorflow/tfjs-backend-wasm';

/** What TensorFlow.js computes with: its WebAssembly kernels (one thread), or plain JavaScript. */
export type TfjsBackend = 'wasm' | 'cpu';

/** Makes `backend` the one of this process. Computations after it are synchronous. */
export async function useTfjsBackend(backend: TfjsBackend): Promise<void> {
  // No checks of every tensor for NaN, and no advice on standard error to use another package.
  tf.enableProdMode();
  if (!(await tf.setBackend(backend))) throw new Error(`TensorFlow.js has no backend ${backend} here`);
  await tf.ready();
}

export { tf };
