import { FitError } from '../errors/fit-error.ts';
import type { Series } from '../series/series.ts';
import type { FailedCandidates } from './failed-candidates.ts';
import { everyGridEntry } from './grid-entry.ts';
import type { ConfiguredMember } from './require-configuration.ts';

/**
 * Ordinal of the first bar of train that is scored: before it not every candidate can forecast. A candidate that needs all of train, or
 * has hyperparameters that its member does not know, is among the failed.
 *
 * @param train bars of train
 * @param scoreFrom the earliest that it may be
 * @throws FitError `too_few_bars` when train leaves no bar to score; what `FailedCandidates.attempt` throws
 */
export function firstScoredBar(
  members: readonly ConfiguredMember[],
  series: Series,
  train: number,
  scoreFrom: number,
  failed: FailedCandidates,
): number {
  requireBarsToScore(series, train, scoreFrom);
  let first = scoreFrom;
  for (const candidate of everyGridEntry(members)) {
    const { forecaster, grid } = candidate.member;
    failed.attempt(candidate, () => {
      const least = forecaster.minimumBars(grid[candidate.entry]);
      requireBarsToScore(series, train, least);
      first = Math.max(first, least);
    });
  }
  return first;
}

/** @throws FitError `too_few_bars` unless train has a bar after those that must be known */
function requireBarsToScore({ symbol }: Series, train: number, known: number): void {
  if (train > known) return;
  throw new FitError(
    'too_few_bars',
    `Train has ${train} bars, and more than ${known} are needed to fit the members and score them`,
    { symbol, have: train, need: known + 1 },
  );
}
