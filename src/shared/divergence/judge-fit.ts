import type { PresetReason } from '../calibration/calibrated-weights.ts';
import type { ScoredPart } from '../evaluation/scored-window.ts';
import type { WindowVerdict } from '../evaluation/window-verdict.ts';
import { DIVERGENCE_THRESHOLDS, type DivergenceLevels } from './alert-level.ts';
import { assessOverfitting } from './assess-overfitting.ts';

/**
 * Why weights should not be learned from a fit, by all that is known of it at its cutoff: a divergence from train to validation above
 * the level `warning`, or a fit optimism that the overfitting verdict counts. Null when neither is there.
 *
 * @param train scored bars of train, in sample
 * @param validation scored bars of validation, by the same fit
 * @param horizon steps of a forecast; default 1
 */
export function judgeFit(
  train: ScoredPart,
  validation: ScoredPart,
  { warning }: DivergenceLevels = DIVERGENCE_THRESHOLDS,
  horizon = 1,
): PresetReason | null {
  // Validation stands in for test: from it to itself nothing worsens, so that the verdict is about train to validation alone.
  const window = { train, validation, test: validation, trialScores: [] };
  const { divergence, verdict } = assessOverfitting(window, { threshold: warning, horizon });
  if (!verdict.isOverfitting) return null;
  return {
    code: divergence.divergence > warning ? 'divergence' : 'overfitting',
    message: verdict.reasons.join(' '),
  };
}

/** A validated window as it is stored. */
export interface StoredWindow {
  /** Ordinal of its last test bar. */
  readonly windowId: number;
  readonly divergence: number;
  readonly verdict: WindowVerdict;
}

/**
 * Why weights should not be learned for a forecast, by the latest window of its symbol, horizon and configuration; null when nothing
 * speaks against it, or there is no window.
 *
 * Twin: the SQL function `internal.are_weights_refuted`, compared in test/database/computed-twice.test.ts.
 */
export function judgeStoredWindow(
  window: StoredWindow | null,
  { warning }: DivergenceLevels = DIVERGENCE_THRESHOLDS,
): PresetReason | null {
  if (window === null) return null;
  const { divergence, verdict, windowId } = window;
  const named = `The latest window, ${windowId},`;
  if (verdict === 'implausible') {
    return {
      code: 'implausible_skill',
      message: `${named} has a skill on test that is too good to be true`,
    };
  }
  if (verdict === 'overfitting') {
    return { code: 'overfitting', message: `${named} was judged to be overfitted` };
  }
  if (divergence > warning) {
    return {
      code: 'divergence',
      message: `${named} has a divergence of ${divergence.toFixed(3)}, above ${warning}`,
    };
  }
  return null;
}
