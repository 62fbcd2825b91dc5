// Times training by TensorFlow.js with its WebAssembly kernels in Deno, where tools/tensorflow is installed. Arguments: a JSON
// array of training problems. See timing-worker.ts.
import { readFileSync } from 'node:fs';
import process from 'node:process';
import { LOG_SCALE_LIMIT } from '../../src/shared/models/networks/network-forecasts.ts';
import { DEGREES_OF_FREEDOM } from '../../src/shared/models/networks/student-t-likelihood.ts';
import { tf, useTfjsBackend } from '../../tools/tensorflow/tfjs.ts';
import { TfjsNetwork } from '../../tools/tensorflow/tfjs-network.ts';
import { TfjsTraining } from '../../tools/tensorflow/tfjs-training.ts';
import { type Call, serveTimings } from '../harness/serve-timings.ts';
import { epochCase } from './epoch-case.ts';
import type { OurProblem, TrainingProblem } from './training-problem.ts';

const begin = ({ shape, samples, hyperparameters, seed }: OurProblem) =>
  new TfjsTraining('BENCH', shape, samples, hyperparameters, seed);

/** The likelihood in double precision, of what the network of TensorFlow.js gives. */
function meanLoss({ shape, samples }: OurProblem, parameters: Float32Array, rows: readonly number[]): number {
  const { inputs, lookback, skipInputs } = shape;
  const { data } = samples;
  const rowsOf = (values: Float32Array, width: number, from: number, to: number) =>
    Array.from(values.subarray(from * width, to * width));
  const bars = rows.flatMap((row) => rowsOf(data.inputs, inputs, row - lookback + 1, row + 1));
  const skip = rows.flatMap((row) => rowsOf(data.skip, skipInputs, row, row + 1));
  const network = new TfjsNetwork(shape, parameters);
  const [locations, logScales] = tf.tidy(() =>
    network
      .forward(
        tf.tensor3d(bars, [rows.length, lookback, inputs]),
        tf.tensor2d(skip, [rows.length, skipInputs]),
      )
      .map((tensor) => tensor.dataSync()),
  );
  network.dispose();
  const losses = rows.map((row, i) => {
    const logScale = Math.max(-LOG_SCALE_LIMIT, Math.min(LOG_SCALE_LIMIT, logScales[i]));
    const z = (data.targets[row] - locations[i]) / Math.exp(logScale);
    return logScale + ((DEGREES_OF_FREEDOM + 1) / 2) * Math.log1p((z * z) / DEGREES_OF_FREEDOM);
  });
  return losses.reduce((sum, loss) => sum + loss, 0) / rows.length;
}

// One thread, like everybody here.
tf.env().set('WASM_HAS_MULTITHREAD_SUPPORT', false);
await useTfjsBackend('wasm');
const problems = JSON.parse(readFileSync(process.argv[2], 'utf8')) as TrainingProblem[];
const cases: Record<string, () => Call> = {};
for (const problem of problems) cases[problem.id] = epochCase(problem, begin, meanLoss);
await serveTimings(cases, `tfjs ${tf.version_core}`);
