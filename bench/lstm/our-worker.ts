// Times our training; runs in Deno and in Node. Arguments: a JSON array of training problems, the bytes of `compilePeak`. See
// timing-worker.ts.
import { readFileSync } from 'node:fs';
import process from 'node:process';
import { unlimitedBudget } from '../../src/shared/models/forecaster.ts';
import { LoadedNetwork } from '../../src/shared/models/lstm/kernel/lstm-kernel.ts';
import { lstmNetworks } from '../../src/shared/models/lstm/lstm-networks.ts';
import { NetworkTraining } from '../../src/shared/models/networks/network-training.ts';
import { DEGREES_OF_FREEDOM } from '../../src/shared/models/networks/student-t-likelihood.ts';
import { decodeFloat32 } from '../../src/shared/numerics/float32-codec.ts';
import { type Call, serveTimings } from '../harness/serve-timings.ts';
import { epochCase, type TimedTraining } from './epoch-case.ts';
import { PEAK_CASE } from './lstm-cases.ts';
import { multiplyAddCase } from './multiply-add.ts';
import type { OurProblem, TrainingProblem } from './training-problem.ts';

/** What `NetworkTraining` does in a step without a limit. */
function begin({ samples, hyperparameters, seed }: OurProblem): TimedTraining {
  const training = new NetworkTraining(lstmNetworks, hyperparameters, 'BENCH', samples, seed);
  return {
    trainEpoch() {
      training.step(unlimitedBudget);
    },
    parameters: () => decodeFloat32((training.checkpoint() as { readonly parameters: string }).parameters),
  };
}

function meanLoss({ shape, samples }: OurProblem, parameters: Float32Array, rows: readonly number[]): number {
  const network = new LoadedNetwork(shape, samples.data, parameters, rows.length, DEGREES_OF_FREEDOM);
  network.forward(Int32Array.from(rows));
  return network.loss() / rows.length;
}

const problems = JSON.parse(readFileSync(process.argv[2], 'utf8')) as TrainingProblem[];
const cases: Record<string, () => Call> = {};
for (const problem of problems) cases[problem.id] = epochCase(problem, begin, meanLoss);
cases[PEAK_CASE] = multiplyAddCase(new Uint8Array(readFileSync(process.argv[3])));
await serveTimings(cases);
