import type { Json } from '../json.ts';
import type { FittedForecaster, Resumable } from '../models/forecaster.ts';
import { requireDone } from '../models/resumable/work-through.ts';
import type { Series } from '../series/series.ts';
import { companionsUpTo } from './companions.ts';
import type { EnsembleFitTask } from './ensemble-fit-task.ts';
import type { GridEntry } from './grid-entry.ts';
import { memberSeed } from './member-seed.ts';

/**
 * The fit of a member with an entry of its grid on some of an ensemble's bars, with what the companions show of the same time.
 *
 * @param fittedOn train, or train and validation
 * @param purpose see `memberSeed`
 * @param guard does each part of the work, and decides what becomes of its errors; null in place of the fitted member where it failed
 */
export function fitMember<Failed extends null = never>(
  { series, configuration, companions }: EnsembleFitTask,
  { member, entry }: GridEntry,
  fittedOn: Series,
  purpose: readonly (string | number)[],
  guard: <T>(work: () => T) => T | Failed,
  checkpoint?: Json,
): Resumable<FittedForecaster | Failed> {
  const lastTime = ({ times }: Series) => times[times.length - 1];
  const begin = (resumed?: Json) =>
    member.forecaster.fit(fittedOn, member.grid[entry], {
      seed: memberSeed(configuration.seed, series.symbol, lastTime(series), member.name, ...purpose),
      checkpoint: resumed,
      companions: companionsUpTo(companions, lastTime(fittedOn), fittedOn.times.length),
    });
  let fit = checkpoint === undefined ? undefined : begin(checkpoint);
  let outcome: FittedForecaster | Failed | undefined;
  return {
    step(budget) {
      outcome = guard(() => {
        fit ??= begin();
        return fit.step(budget) ? fit.result() : undefined;
      });
      return outcome !== undefined;
    },
    checkpoint: () => fit?.checkpoint() ?? null,
    progress: () => (outcome === undefined ? (fit?.progress() ?? 0) : 1),
    result() {
      requireDone(outcome !== undefined);
      return outcome!;
    },
  };
}
