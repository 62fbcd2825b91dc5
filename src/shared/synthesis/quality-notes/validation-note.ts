import type { WindowVerdict } from '../../evaluation/window-verdict.ts';
import type { QualityNote } from './quality-note.ts';

/** What the latest validated window of a symbol, horizon and configuration found, on bars that still stand. */
export interface LatestWindow {
  readonly windowId: number;
  /** Time of its last test bar. */
  readonly lastBarTime: string;
  readonly verdict: WindowVerdict;
  readonly reasons: readonly string[];
}

/** `overfitting` or `implausible` with the latest window's reasons, `not_validated` when there is no window. */
export function validationNote(window: LatestWindow | null): QualityNote | null {
  if (window === null) {
    return {
      code: 'not_validated',
      sentence: 'No walk-forward window of this configuration has been validated on these bars yet.',
      figures: {},
    };
  }
  const { windowId, lastBarTime, verdict, reasons } = window;
  if (verdict === 'ok') return null;
  const date = lastBarTime.slice(0, 10);
  const found =
    verdict === 'overfitting'
      ? `The latest validated window, which ends ${date}, overfits`
      : `The latest validated window, which ends ${date}, shows skill that nobody has`;
  return {
    code: verdict,
    sentence: `${found}: ${reasons.join(' ')}`,
    figures: { window_id: windowId, last_bar_time: lastBarTime, reasons },
  };
}
