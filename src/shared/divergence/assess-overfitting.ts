import type { ScoredPart, ScoredWindow } from '../evaluation/scored-window.ts';
import type { DivergenceLevels } from './alert-level.ts';
import { FIT_OPTIMISM_FLOORS, fitOptimism } from './fit-optimism.ts';
import { type Foresight, foresight } from './foresight.ts';
import { implausibleSkill } from './implausible-skill.ts';
import { type GapTests, type OverfittingVerdict, overfittingVerdict } from './overfitting-verdict.ts';
import { probabilityOfBacktestOverfitting } from './probability-of-backtest-overfitting.ts';
import { rawDivergence } from './raw-divergence.ts';
import { type RelativeDivergence, relativeDivergence } from './relative-divergence.ts';
import { scoreDifferences } from './score-differences.ts';
import { selectionBias } from './selection-bias.ts';
import { SELECTION_GAP_FLOORS, selectionGap } from './selection-gap.ts';
import { volatilityShift } from './volatility-shift.ts';

export interface AssessmentOptions {
  /** Steps of a forecast; default 1. */
  readonly horizon?: number;
  /** Default those of the core, `DIVERGENCE_THRESHOLDS`. */
  readonly levels?: DivergenceLevels;
  /** Divergence above which a window is overfitted; default the level `overfitting`. */
  readonly threshold?: number;
}

/** All that was found of a window; the companion of its row of metrics. */
export interface OverfittingAssessment {
  readonly divergence: RelativeDivergence;
  readonly crpsDivergence: RelativeDivergence;
  readonly selectionGap: GapTests;
  readonly fitOptimism: GapTests;
  /** Null below eight trials. */
  readonly backtestOverfittingProbability: number | null;
  /** The gap of CRPS that choosing among the trials makes by itself, see `selectionBias`; null below eight trials. */
  readonly selectionBias: number | null;
  readonly trials: number;
  /** Over validation and test. */
  readonly foresight: Foresight;
  /** Why the skill on test is too good to be true, a sentence each; empty when it is not. */
  readonly implausibleSkill: readonly string[];
  readonly volatilityShift: number;
  readonly rawDivergence: number;
  readonly verdict: OverfittingVerdict;
}

/** Runs every measure over a window and judges it. @throws RangeError for empty or unequal parts */
export function assessOverfitting(
  window: ScoredWindow,
  { horizon, levels, threshold }: AssessmentOptions = {},
): OverfittingAssessment {
  const { train, validation, test, trialScores } = window;
  const rmse = byPart(window, (part) => Math.sqrt(mean(part.squaredErrors)));
  const benchmarkRmse = byPart(window, (part) => Math.sqrt(mean(part.benchmarkSquaredErrors)));
  const divergence = relativeDivergence(rmse, benchmarkRmse);
  const crpsDivergence = relativeDivergence(
    byPart(window, (part) => mean(part.crps)),
    byPart(window, (part) => mean(part.benchmarkCrps)),
  );
  const gaps = {
    selectionGap: {
      squaredError: selectionGap(
        squaredErrorDifferences(validation),
        squaredErrorDifferences(test),
        SELECTION_GAP_FLOORS.squaredError,
        horizon,
      ),
      crps: selectionGap(
        crpsDifferences(validation),
        crpsDifferences(test),
        SELECTION_GAP_FLOORS.crps,
        horizon,
      ),
    },
    fitOptimism: {
      squaredError: fitOptimism(
        squaredErrorDifferences(train),
        squaredErrorDifferences(validation),
        FIT_OPTIMISM_FLOORS.squaredError,
        horizon,
      ),
      crps: fitOptimism(
        crpsDifferences(train),
        crpsDifferences(validation),
        FIT_OPTIMISM_FLOORS.crps,
        horizon,
      ),
    },
  };
  const bias = selectionBias(trialScores.map((crps) => crpsDifferences({ ...validation, crps })));
  const foreseen = foresight([validation, test]);
  return {
    divergence,
    crpsDivergence,
    ...gaps,
    backtestOverfittingProbability: probabilityOfBacktestOverfitting(trialScores, horizon),
    selectionBias: bias,
    trials: trialScores.length,
    foresight: foreseen,
    implausibleSkill: implausibleSkill({
      relativeRmse: { plain: divergence.relative.test, standardised: standardisedRelativeRmse([test]) },
      relativeCrps: crpsDivergence.relative,
      foresight: foreseen,
      horizon,
    }),
    volatilityShift: volatilityShift(benchmarkRmse.validation, benchmarkRmse.test),
    rawDivergence: rawDivergence(rmse.validation, rmse.test),
    verdict: overfittingVerdict({
      divergence,
      crpsDivergence,
      ...gaps,
      selectionBias: bias,
      levels,
      threshold,
    }),
  };
}

/** RMSE over that of "no change", over the bars of some parts, each bar in units of its expected volatility. */
export function standardisedRelativeRmse(parts: readonly ScoredPart[]): number {
  let model = 0;
  let benchmark = 0;
  for (const { squaredErrors, benchmarkSquaredErrors, expectedVolatility } of parts) {
    for (let i = 0; i < squaredErrors.length; i++) {
      const variance = expectedVolatility[i] * expectedVolatility[i];
      model += squaredErrors[i] / variance;
      benchmark += benchmarkSquaredErrors[i] / variance;
    }
  }
  return Math.sqrt(model / benchmark);
}

function byPart(window: ScoredWindow, measure: (part: ScoredPart) => number) {
  return {
    train: measure(window.train),
    validation: measure(window.validation),
    test: measure(window.test),
  };
}

/** Standardised differences of squared errors to those of "no change". */
export function squaredErrorDifferences(part: ScoredPart): Float64Array {
  const variance = part.expectedVolatility.map((volatility) => volatility * volatility);
  return scoreDifferences(part.squaredErrors, part.benchmarkSquaredErrors, variance);
}

/** Standardised differences of CRPS to that of filtered historical simulation. */
export function crpsDifferences(
  part: Pick<ScoredPart, 'crps' | 'benchmarkCrps' | 'expectedVolatility'>,
): Float64Array {
  return scoreDifferences(part.crps, part.benchmarkCrps, part.expectedVolatility);
}

function mean(values: Float64Array): number {
  if (values.length === 0) throw new RangeError('A part without scored bars cannot be judged');
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}
