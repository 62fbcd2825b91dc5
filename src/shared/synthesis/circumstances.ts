import type { FailedCandidate } from '../ensemble/failed-candidate.ts';
import type { DataNote } from '../series/data-finding.ts';
import type { DirectionThresholds } from './direction.ts';
import type { LatestWindow } from './quality-notes/validation-note.ts';

/** What the database knows of a symbol, horizon and configuration when a forecast is made. */
export interface ForecastContext {
  readonly thresholds: DirectionThresholds;
  /** Null when no window was validated on bars that still stand. */
  readonly latestWindow: LatestWindow | null;
  /** Forecasts that were scored against what came true. */
  readonly outcomes: number;
}

/** What a synthesis takes beside the forecast itself. */
export interface Circumstances extends ForecastContext {
  /** The clock, ISO 8601 in UTC. */
  readonly now: string;
  /** Of the fit that the forecast comes from; default none. */
  readonly failedCandidates?: readonly FailedCandidate[];
  /** Why learned weights went back to the preset; default null: they did not. */
  readonly weightsReverted?: string | null;
  /** What is to be told of the bars; default nothing. */
  readonly dataNotes?: readonly DataNote[];
}
