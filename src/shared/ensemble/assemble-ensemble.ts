import type { FittedForecaster } from '../models/forecaster.ts';
import type { Series } from '../series/series.ts';
import type { Trial } from './compare.ts';
import type { DroppedMember } from './dropped-member.ts';
import { sumReturns } from './expanding-mean.ts';
import { FittedEnsemble } from './fitted-ensemble.ts';
import type { ConfiguredMember } from './require-configuration.ts';

/**
 * The ensemble of a trial, which combines by the preset.
 *
 * @param fitted in the order of the members
 * @param fittedOn the bars that they were fitted on
 * @param dropped members that it goes on without; default none
 */
export function assembleEnsemble(
  members: readonly ConfiguredMember[],
  { entries, meanFactor }: Trial,
  fitted: readonly FittedForecaster[],
  fittedOn: Series,
  dropped?: readonly DroppedMember[],
): FittedEnsemble {
  return new FittedEnsemble(
    fittedOn.symbol,
    members.map(({ name, weight, grid }, m) => ({
      name,
      weight,
      hyperparameters: grid[entries[m]],
      fitted: fitted[m],
    })),
    meanFactor,
    sumReturns(fittedOn),
    null,
    dropped,
  );
}
