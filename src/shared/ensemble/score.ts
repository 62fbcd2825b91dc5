import type { Json } from '../json.ts';
import type { Resumable } from '../models/forecaster.ts';
import { resumableUnits } from '../models/resumable/resumable-units.ts';
import {
  decodeScoredForecasts,
  encodeScoredForecasts,
  type ScoredForecasts,
  scoreRange,
} from '../scores/scored-forecasts.ts';
import { logReturns } from '../series/log-returns.ts';
import {
  type Combinations,
  encodeCombinations,
  restoreCombinations,
  startCombinations,
} from './combination.ts';
import { type EnsembleFitTask, trainEnd, validationEnd } from './ensemble-fit-task.ts';
import type { EnsembleForecast, FittedEnsemble } from './fitted-ensemble.ts';

/** How the winner of a tuning scores on the bars it was tuned with. */
export interface TuningScores {
  /** Over the bars of train from the first that is scored: in sample. */
  readonly train: ScoredForecasts;
  /** Over validation: out of sample, but chosen there. */
  readonly validation: ScoredForecasts;
  /** What each way of combining learned on validation. */
  readonly combinations: Combinations;
}

/**
 * Scores the winner on train and on validation, both by the preset; on validation each way of combining learns, bar by bar. Two units of
 * work.
 *
 * Of forecasts over several steps those are scored whose outcome ends in the part that it begins in. All outcomes of
 * validation are known at its end, where the combinations are used for the first time.
 *
 * @param winner the chosen candidates as they were fitted on train
 * @throws from `step` what a member's `predictRange` throws, naming the member
 */
export function score(
  task: EnsembleFitTask,
  winner: FittedEnsemble,
  checkpoint?: Json,
): Resumable<TuningScores> {
  const { series, train, members, configuration, firstScoredBar, steps } = task;
  const realised = logReturns(series.close, steps);
  const scoreBars = (
    from: number,
    to: number,
    learn: (forecast: EnsembleForecast, outcome: number) => void,
  ) =>
    scoreRange(
      (start, end) =>
        winner.predictRange(series, start, end, steps).map((forecast, i) => {
          learn(forecast, realised[start + i - 1]);
          return forecast.distribution;
        }),
      realised,
      from,
      to,
    );

  return resumableUnits<EncodedScores, TuningScores>(
    [
      (found) => ({
        ...found,
        train: encodeScoredForecasts(scoreBars(firstScoredBar, trainEnd(task), () => {})),
      }),
      (found) => {
        const preset = members.map(({ weight }) => weight);
        const combinations = startCombinations(preset, configuration.conformalStep);
        const validation = scoreBars(train, validationEnd(task), (forecast, outcome) => {
          const shrunk = winner.shrunkMembers(forecast);
          combinations.simple_avg.learn(shrunk, outcome);
          combinations.calibrated.learn(shrunk, outcome);
        });
        return {
          ...found,
          validation: encodeScoredForecasts(validation),
          combinations: encodeCombinations(combinations),
        };
      },
    ],
    { train: null, validation: null, combinations: null },
    decodeTuningScores,
    checkpoint,
  );
}

/** As JSON, to the bit; null where it is not known yet. */
type EncodedScores = { readonly [Score in keyof TuningScores]: Json };

/** As JSON, to the bit. */
export function encodeTuningScores({ train, validation, combinations }: TuningScores): EncodedScores {
  return {
    train: encodeScoredForecasts(train),
    validation: encodeScoredForecasts(validation),
    combinations: encodeCombinations(combinations),
  };
}

/** The inverse of {@link encodeTuningScores}. */
export function decodeTuningScores(json: Json): TuningScores {
  const { train, validation, combinations } = json as EncodedScores;
  return {
    train: decodeScoredForecasts(train),
    validation: decodeScoredForecasts(validation),
    combinations: restoreCombinations(combinations),
  };
}
