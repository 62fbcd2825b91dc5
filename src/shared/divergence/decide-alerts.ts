import type { DivergenceLevels } from './alert-level.ts';

/** What alerts: a level of divergence, or skill that is too good to be true. */
export const ALERT_LEVELS = ['warning', 'overfitting', 'critical', 'implausible'] as const;
export type AlertLevelName = (typeof ALERT_LEVELS)[number];

/** What the check needs to know of a window. */
export interface CheckedWindow {
  readonly metricsId: number;
  /** Ordinal of the window's last test bar. */
  readonly windowId: number;
  /** A fraction. */
  readonly divergence: number;
  readonly isOverfitting: boolean;
  /** Whether its skill on test is too good to be true. */
  readonly isImplausible: boolean;
  /** Why it is one or the other; empty when it is neither. */
  readonly reasons: readonly string[];
}

/** An alert that is open. */
export interface OpenAlert {
  readonly id: number;
  readonly level: AlertLevelName;
}

/** What is to be done. */
export interface AlertDecisions {
  readonly open: readonly {
    readonly level: AlertLevelName;
    /** Divergence above which the level begins; null for `implausible`, which no divergence makes. */
    readonly threshold: number | null;
    readonly divergence: number;
    readonly metricsId: number;
    readonly message: string;
  }[];
  readonly resolve: readonly { readonly id: number; readonly resolution: string }[];
}

/**
 * Which alerts of one symbol, horizon and ensemble open and which are resolved, by its latest window: a level is due when the
 * divergence lies above its threshold, `overfitting` also when the verdict says so, and `implausible` when the skill is. What is due
 * and open stays.
 */
export function decideAlerts(
  latest: CheckedWindow,
  openAlerts: readonly OpenAlert[],
  levels: DivergenceLevels,
): AlertDecisions {
  const thresholds = ALERT_LEVELS.map(
    (level) => [level, level === 'implausible' ? null : levels[level]] as const,
  );
  const found = [
    `Window ${latest.windowId}: divergence ${(100 * latest.divergence).toFixed(1)} %`,
    ...latest.reasons,
  ];
  const due = thresholds.filter(([level, threshold]) => isDue(latest, level, threshold));
  const open = due
    .filter(([level]) => !openAlerts.some((alert) => alert.level === level))
    .map(([level, threshold]) => ({
      level,
      threshold,
      divergence: latest.divergence,
      metricsId: latest.metricsId,
      message: found.join('; '),
    }));
  const resolve = openAlerts
    .filter((alert) => !due.some(([level]) => level === alert.level))
    .map(({ id }) => ({ id, resolution: `${found.join('; ')}: no longer at this level.` }));
  return { open, resolve };
}

function isDue(latest: CheckedWindow, level: AlertLevelName, threshold: number | null): boolean {
  if (threshold === null) return latest.isImplausible;
  return latest.divergence > threshold || (level === 'overfitting' && latest.isOverfitting);
}
