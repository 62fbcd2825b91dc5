import type { CriterionResult, Figures, Verdict } from '../../contracts/rollout-evaluation.ts';
import type { HorizonPairs } from '../comparison/forecast-origins.ts';
import { worstVerdict } from '../worst-verdict.ts';
import { mostNeeded } from './sessions-needed.ts';

/** What a criterion found of one horizon. */
export interface HorizonRow {
  readonly verdict: Verdict;
  readonly figures: Figures;
  readonly sentence: string;
  /** Further sessions; null when unknown, or none are. */
  readonly needed: number | null;
}

/**
 * A criterion that is judged horizon by horizon: the worst verdict is its own, its `n` the sessions of the horizon that has fewest.
 *
 * @param figures beside those of the horizons
 */
export function criterionByHorizon(
  criterion: CriterionResult['criterion'],
  horizons: readonly HorizonPairs[],
  rows: readonly HorizonRow[],
  figures: Figures,
): CriterionResult {
  const isEmpty = rows.length === 0;
  return {
    criterion,
    verdict: worstVerdict(rows.map(({ verdict }) => verdict)),
    n: isEmpty ? 0 : Math.min(...horizons.map(({ sessions }) => sessions)),
    figures: { ...figures, horizons: rows.map((row) => row.figures) },
    sentence: isEmpty ? 'There is no horizon to judge.' : rows.map(({ sentence }) => sentence).join(' '),
    bars_needed: mostNeeded(rows),
  };
}
