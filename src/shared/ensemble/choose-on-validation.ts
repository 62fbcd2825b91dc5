import type { Json } from '../json.ts';
import type { FittedForecaster, Resumable } from '../models/forecaster.ts';
import { type Codec, inSequence, Part } from '../models/resumable/in-sequence.ts';
import { decodeFloat64, encodeFloat64 } from '../numerics/float64-codec.ts';
import { assembleEnsemble } from './assemble-ensemble.ts';
import { type Comparison, compare, type Trial } from './compare.ts';
import { type EnsembleFitTask, trainSeries } from './ensemble-fit-task.ts';
import type { FailedCandidates } from './failed-candidates.ts';
import { everyGridEntry } from './grid-entry.ts';
import { decodeTuningScores, encodeTuningScores, score, type TuningScores } from './score.ts';
import { tune } from './tune.ts';

/** What an ensemble is fitted with, and what is known of it when that is chosen. */
export interface Choice extends Comparison {
  readonly scores: TuningScores;
}

/**
 * The phases that need the candidates as they were fitted on train: {@link tune}, {@link compare}, {@link score}.
 *
 * @throws from `step` what they throw
 */
export function chooseOnValidation(
  task: EnsembleFitTask,
  failed: FailedCandidates,
  checkpoint?: Json,
): Resumable<Choice> {
  const tuning = new Part(everyGridEntry(task.members).length, (resumed?: Json) =>
    tune(task, failed, resumed),
  );
  const comparing = new Part(0.5, (resumed?: Json) => compare(task, tuning.result, failed, resumed));
  const scoring = new Part(0.5, (resumed?: Json) => {
    const { best } = comparing.result;
    const fitted = best.entries.map((entry, m) => tuning.result[m][entry] as FittedForecaster);
    return score(task, assembleEnsemble(task.members, best, fitted, trainSeries(task)), resumed);
  });
  return inSequence(
    'ensemble',
    [tuning, comparing, scoring],
    () => ({ ...comparing.result, scores: scoring.result }),
    checkpoint,
  );
}

/** Without the fits on train, which are not needed once the choice is made. */
export const choiceCodec: Codec<Choice> = {
  encode: ({ best, trialScores, scores }) => ({
    best: { entries: best.entries, meanFactor: best.meanFactor },
    trialScores: trialScores.map(encodeFloat64),
    scores: encodeTuningScores(scores),
  }),
  decode(json) {
    const { best, trialScores, scores } = json as { readonly [Field in keyof Choice]: Json };
    return {
      best: best as unknown as Trial,
      trialScores: (trialScores as readonly string[]).map(decodeFloat64),
      scores: decodeTuningScores(scores),
    };
  },
};
