import type { ScoredPart, ScoredWindow } from '../evaluation/scored-window.ts';
import { deriveSeed } from '../numerics/derive-seed.ts';
import { meanOf } from '../numerics/mean.ts';
import { crpsDifferences, squaredErrorDifferences, standardisedRelativeRmse } from './assess-overfitting.ts';
import { FIT_OPTIMISM_FLOORS } from './fit-optimism.ts';
import { type Foresight, foresight } from './foresight.ts';
import { implausibleSkill } from './implausible-skill.ts';
import { type GapTests, type OverfittingVerdict, overfittingVerdict } from './overfitting-verdict.ts';
import type { PartScores } from './part-scores.ts';
import { type DatedDifferences, pooledGap } from './pooled-gap.ts';
import { type RelativeDivergence, relativeDivergence } from './relative-divergence.ts';
import { SELECTION_GAP_FLOORS } from './selection-gap.ts';

/** A window and where it lies in its symbol's series. */
export interface PooledWindow {
  /** Ordinal of the window's last test bar. */
  readonly windowId: number;
  readonly scored: ScoredWindow;
  /** As `assessOverfitting` found it. */
  readonly selectionBias: number | null;
}

/** What was found of all windows of a symbol together. */
export interface PooledAssessment {
  readonly windows: number;
  /** Of RMSEs over the bars of all windows, and of their CRPS. */
  readonly divergence: RelativeDivergence;
  readonly crpsDivergence: RelativeDivergence;
  readonly selectionGap: GapTests;
  readonly fitOptimism: GapTests;
  /** Mean over the windows; null where one has too few trials. */
  readonly selectionBias: number | null;
  /** Mean over validation and test of every window. */
  readonly foresight: Foresight;
  readonly implausibleSkill: readonly string[];
  readonly verdict: OverfittingVerdict;
}

/**
 * What {@link Foresight} may be over two windows or more: chance is smaller there than in one. By symbol the honest forecasts of
 * 26 series had at most 0.15 and 0.25 (0.27 with test volatility doubled), and a scale that knows the day's range 0.33 at least.
 */
const POOLED_FORESIGHT_LIMIT: Foresight = { mean: 0.2, scale: 0.3 };

/**
 * Judges all windows of one symbol together: the same measures and the same rules as of one window, with gaps tested over daily
 * differences (see `pooledGap`), since windows share bars and are not independent.
 *
 * @param windows of one symbol and model, in any order; the parts of each lie one behind the other
 * @param threshold divergence above which the model is overfitted; default the core's level `overfitting`
 * @param horizon steps of a forecast; default 1
 * @throws RangeError without windows; as `assessOverfitting`
 */
export function assessPooled(
  windows: readonly PooledWindow[],
  threshold?: number,
  horizon = 1,
): PooledAssessment {
  if (windows.length === 0) throw new RangeError('Without windows there is nothing to pool');
  const ratios = (model: keyof ScoredPart, benchmark: keyof ScoredPart, root: boolean) =>
    relativeDivergence(byPart(windows, model, root), byPart(windows, benchmark, root));
  const divergence = ratios('squaredErrors', 'benchmarkSquaredErrors', true);
  const crpsDivergence = ratios('crps', 'benchmarkCrps', false);
  const gaps = (earlier: PartName, later: PartName, floors: { squaredError: number; crps: number }) => {
    const test = (differences: (part: ScoredPart) => Float64Array, floor: number, name: string) =>
      pooledGap(
        windows.map((window) => ({
          earlier: dated(window, earlier, differences, horizon),
          later: dated(window, later, differences, horizon),
        })),
        floor,
        deriveSeed(0, 'pooled gap', earlier, later, name),
        horizon,
      );
    return {
      squaredError: test(squaredErrorDifferences, floors.squaredError, 'squared error'),
      crps: test(crpsDifferences, floors.crps, 'crps'),
    };
  };
  const gapTests = {
    selectionGap: gaps('validation', 'test', SELECTION_GAP_FLOORS),
    fitOptimism: gaps('train', 'validation', FIT_OPTIMISM_FLOORS),
  };
  const bias = meanSelectionBias(windows);
  const foreseen = foresight(windows.flatMap(({ scored }) => [scored.validation, scored.test]));
  return {
    windows: windows.length,
    divergence,
    crpsDivergence,
    ...gapTests,
    selectionBias: bias,
    foresight: foreseen,
    implausibleSkill: implausibleSkill({
      relativeRmse: {
        plain: divergence.relative.test,
        standardised: standardisedRelativeRmse(windows.map(({ scored }) => scored.test)),
      },
      relativeCrps: crpsDivergence.relative,
      foresight: foreseen,
      ...(windows.length > 1 && { foresightLimit: POOLED_FORESIGHT_LIMIT }),
      horizon,
    }),
    verdict: overfittingVerdict({ divergence, crpsDivergence, ...gapTests, selectionBias: bias, threshold }),
  };
}

type PartName = keyof PartScores;

/** The mean of a column over the bars of all windows, by part. */
function byPart(windows: readonly PooledWindow[], column: keyof ScoredPart, root: boolean): PartScores {
  const measure = (part: PartName) => {
    const all = windows.flatMap(({ scored }) => Array.from(scored[part][column]));
    const mean = meanOf(Float64Array.from(all));
    return root ? Math.sqrt(mean) : mean;
  };
  return { train: measure('train'), validation: measure('validation'), test: measure('test') };
}

/** A part's differences, and where they begin: test ends with the window, and each part where the next begins. */
function dated(
  { windowId, scored }: PooledWindow,
  part: PartName,
  differences: (part: ScoredPart) => Float64Array,
  horizon: number,
): DatedDifferences {
  // The last forecasts of a part would end after it, and are not scored.
  const bars = (name: PartName) => scored[name].crps.length + horizon - 1;
  const end = windowId + 1;
  const begins = {
    train: end - bars('test') - bars('validation') - bars('train'),
    validation: end - bars('test') - bars('validation'),
    test: end - bars('test'),
  };
  return { firstBar: begins[part], differences: differences(scored[part]) };
}

function meanSelectionBias(windows: readonly PooledWindow[]): number | null {
  const biases = windows.map(({ selectionBias }) => selectionBias).filter((bias) => bias !== null);
  return biases.length < windows.length ? null : meanOf(Float64Array.from(biases));
}
