import { initialParameters } from '../../src/shared/models/lstm/initial-parameters.ts';
import { deriveSeed } from '../../src/shared/numerics/derive-seed.ts';
import { SeededRandom } from '../../src/shared/numerics/random.ts';
import type { Call } from '../harness/serve-timings.ts';
import {
  FIRST_BATCH_LOSS,
  LOSS_AFTER_EPOCH,
  type OurProblem,
  ourProblem,
  type TrainingProblem,
} from './training-problem.ts';

/** A training that a bench times: one epoch, and what it comes to. */
export interface TimedTraining {
  trainEpoch(): void;
  parameters(): Float32Array;
  dispose?(): void;
}

/**
 * One epoch from the same start each time.
 *
 * @param begin a training from that start
 * @param meanLoss of the network with these parameters over these rows
 */
export function epochCase(
  problem: TrainingProblem,
  begin: (ours: OurProblem) => TimedTraining,
  meanLoss: (ours: OurProblem, parameters: Float32Array, rows: readonly number[]) => number,
): () => Call {
  const ours = ourProblem(problem);
  let found: Record<string, number> | undefined;
  return () => {
    const training = begin(ours);
    const began = performance.now();
    training.trainEpoch();
    const seconds = (performance.now() - began) / 1000;
    if (found === undefined) {
      // Before another network is loaded.
      const after = training.parameters();
      const start = initialParameters(ours.shape, new SeededRandom(deriveSeed(ours.seed, 'parameters')));
      found = {
        [FIRST_BATCH_LOSS]: meanLoss(ours, start, problem.order.slice(0, problem.batchSize)),
        [LOSS_AFTER_EPOCH]: meanLoss(ours, after, problem.samples),
      };
    }
    training.dispose?.();
    return { seconds, found };
  };
}
