import { parseDate } from '../../../shared/calendars/civil-date.ts';
import type { EvaluationReport } from '../../../shared/contracts/evaluation-report.ts';
import { type WindowVerdict, windowVerdict } from '../../../shared/evaluation/window-verdict.ts';

/** What the report says of one ensemble. */
export type EnsemblePart = EvaluationReport['ensembles'][number];

/** What it says of one window. */
export type WindowPart = EnsemblePart['windows'][number];

/** A value of a window, as plots show it. */
export interface WindowPoint {
  readonly symbol: string;
  /** Day number of the window's last test bar. */
  readonly day: number;
  readonly value: number;
  readonly verdict: WindowVerdict;
  /** Symbol, date and value in words. */
  readonly label: string;
}

export function verdictOf({ overfitting }: WindowPart): WindowVerdict {
  return windowVerdict(overfitting.is_overfitting, overfitting.is_implausible);
}

/** One value of each window. @param write how the value is written */
export function windowPoints(
  windows: readonly WindowPart[],
  value: (window: WindowPart) => number,
  write: (value: number) => string,
): WindowPoint[] {
  return windows.map((window) => {
    const date = window.last_bar_time.slice(0, 10);
    return {
      symbol: window.symbol,
      day: parseDate(date),
      value: value(window),
      verdict: verdictOf(window),
      label: `${window.symbol} ${date}: ${write(value(window))}`,
    };
  });
}
