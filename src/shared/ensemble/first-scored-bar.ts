import { FitError } from '../errors/fit-error.ts';
import type { Series } from '../series/series.ts';
import type { FailedCandidates } from './failed-candidates.ts';
import { everyGridEntry } from './grid-entry.ts';
import type { ConfiguredMember } from './require-configuration.ts';

/**
 * Ordinal of the first bar of train that a scored forecast begins with: before it not every candidate can forecast. A
 * candidate that needs all of train, or has hyperparameters that its member does not know, is among the failed.
 *
 * @param train bars of train
 * @param scoreFrom the earliest that it may be
 * @param steps that a forecast looks ahead; its outcome lies in train. Default 1
 * @throws FitError `too_few_bars` when train leaves no bar to score; what `FailedCandidates.attempt` throws
 */
export function firstScoredBar(
  members: readonly ConfiguredMember[],
  series: Series,
  train: number,
  scoreFrom: number,
  failed: FailedCandidates,
  steps = 1,
): number {
  requireBarsToScore(series, train, scoreFrom, steps);
  let first = scoreFrom;
  for (const candidate of everyGridEntry(members)) {
    const { forecaster, grid } = candidate.member;
    failed.attempt(candidate, () => {
      const least = forecaster.minimumBars(grid[candidate.entry]);
      requireBarsToScore(series, train, least, steps);
      first = Math.max(first, least);
    });
  }
  return first;
}

/** @throws FitError `too_few_bars` unless train has an outcome after the bars that must be known */
function requireBarsToScore({ symbol }: Series, train: number, known: number, steps: number): void {
  const need = known + steps;
  if (train >= need) return;
  throw new FitError(
    'too_few_bars',
    `Train has ${train} bars, and more than ${need - 1} are needed to fit the members and score them`,
    { symbol, have: train, need },
  );
}
