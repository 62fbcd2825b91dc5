// Times our training; runs in Deno and in Node. Arguments: a JSON array of training problems, the bytes of `compilePeak`. See
// timing-worker.ts.
import { readFileSync } from 'node:fs';
import process from 'node:process';
import { unlimitedBudget } from '../../src/shared/models/forecaster.ts';
import { initialParameters } from '../../src/shared/models/lstm/initial-parameters.ts';
import { LoadedNetwork } from '../../src/shared/models/lstm/kernel/lstm-kernel.ts';
import { lstmNetworks } from '../../src/shared/models/lstm/lstm-networks.ts';
import { NetworkTraining } from '../../src/shared/models/networks/network-training.ts';
import { DEGREES_OF_FREEDOM } from '../../src/shared/models/networks/student-t-likelihood.ts';
import { deriveSeed } from '../../src/shared/numerics/derive-seed.ts';
import { decodeFloat32 } from '../../src/shared/numerics/float32-codec.ts';
import { SeededRandom } from '../../src/shared/numerics/random.ts';
import { type Call, serveTimings } from '../harness/serve-timings.ts';
import { PEAK_CASE } from './lstm-cases.ts';
import { multiplyAddCase } from './multiply-add.ts';
import {
  FIRST_BATCH_LOSS,
  LOSS_AFTER_EPOCH,
  type OurProblem,
  ourProblem,
  type TrainingProblem,
} from './training-problem.ts';

/** One epoch from the same start each time: what `NetworkTraining` does in a step without a limit. */
function epochCase(problem: TrainingProblem): () => Call {
  const ours = ourProblem(problem);
  const { shape, samples, hyperparameters, seed } = ours;
  let found: Record<string, number> | undefined;
  return () => {
    const training = new NetworkTraining(lstmNetworks, hyperparameters, 'BENCH', samples, seed);
    const begin = performance.now();
    training.step(unlimitedBudget);
    const seconds = (performance.now() - begin) / 1000;
    if (found === undefined) {
      const start = initialParameters(shape, new SeededRandom(deriveSeed(seed, 'parameters')));
      const { parameters } = training.checkpoint() as { readonly parameters: string };
      found = {
        [FIRST_BATCH_LOSS]: meanLoss(ours, start, problem.order.slice(0, problem.batchSize)),
        [LOSS_AFTER_EPOCH]: meanLoss(ours, decodeFloat32(parameters), problem.samples),
      };
    }
    return { seconds, found };
  };
}

function meanLoss({ shape, samples }: OurProblem, parameters: Float32Array, rows: readonly number[]): number {
  const network = new LoadedNetwork(shape, samples.data, parameters, rows.length, DEGREES_OF_FREEDOM);
  network.forward(Int32Array.from(rows));
  return network.loss() / rows.length;
}

const problems = JSON.parse(readFileSync(process.argv[2], 'utf8')) as TrainingProblem[];
const cases: Record<string, () => Call> = {};
for (const problem of problems) cases[problem.id] = epochCase(problem);
cases[PEAK_CASE] = multiplyAddCase(new Uint8Array(readFileSync(process.argv[3])));
await serveTimings(cases);
