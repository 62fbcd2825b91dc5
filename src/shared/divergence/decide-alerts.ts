import { type AlertLevel, DIVERGENCE_THRESHOLDS } from './alert-level.ts';

/** A level that alerts. */
export type AlertLevelName = Exclude<AlertLevel, 'normal'>;

const LEVELS = Object.entries(DIVERGENCE_THRESHOLDS) as readonly [AlertLevelName, number][];

/** What the check needs to know of a window. */
export interface CheckedWindow {
  readonly metricsId: number;
  /** Ordinal of the window's last test bar. */
  readonly windowId: number;
  /** A fraction. */
  readonly divergence: number;
  readonly isOverfitting: boolean;
  /** Why it is overfitting; empty when it is not. */
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
    readonly threshold: number;
    readonly divergence: number;
    readonly metricsId: number;
    readonly message: string;
  }[];
  readonly resolve: readonly { readonly id: number; readonly resolution: string }[];
}

/**
 * Which alerts of one symbol, horizon and ensemble open and which are resolved, by its latest window: a level is due when the
 * divergence lies above its threshold, and `overfitting` also when the verdict says so. What is due and open stays.
 */
export function decideAlerts(latest: CheckedWindow, openAlerts: readonly OpenAlert[]): AlertDecisions {
  const percent = (fraction: number) => `${(100 * fraction).toFixed(1)} %`;
  const isDue = (level: AlertLevelName, threshold: number) =>
    latest.divergence > threshold || (level === 'overfitting' && latest.isOverfitting);

  const due = LEVELS.filter(([level, threshold]) => isDue(level, threshold));
  const open = due
    .filter(([level]) => !openAlerts.some((alert) => alert.level === level))
    .map(([level, threshold]) => ({
      level,
      threshold,
      divergence: latest.divergence,
      metricsId: latest.metricsId,
      message:
        `Window ${latest.windowId}: divergence ${percent(latest.divergence)}, ${level} begins above ${percent(threshold)}` +
        (latest.reasons.length > 0 ? `; ${latest.reasons.join('; ')}` : ''),
    }));
  const resolve = openAlerts
    .filter((alert) => !due.some(([level]) => level === alert.level))
    .map(({ id }) => ({
      id,
      resolution: `Window ${latest.windowId}: divergence ${percent(latest.divergence)}, no longer at this level.`,
    }));
  return { open, resolve };
}
