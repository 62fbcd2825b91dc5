import { sessionsSince } from '../calendars/missing-sessions.ts';
import { FitError } from '../errors/fit-error.ts';
import type { DataFinding, DataNote } from './data-finding.ts';
import { raiseRefusals } from './raise-refusals.ts';
import { requireFitSeries } from './require-fit-series.ts';
import { requireForecastHistory } from './require-forecast-history.ts';
import type { Series } from './series.ts';

/** What a series is used for. */
export interface DataQualityRules {
  /** Bars that the fit takes. */
  readonly minimumBars: number;
  /** The clock, ISO 8601 in UTC. */
  readonly now: string;
}

/**
 * Looks at whether a series is enough for a forecast: bars enough over enough time, returns that differ, and how old it is. Staleness
 * is a note: a forecast from old bars is a forecast, and says so itself. What holds of bars whatever they are for, the gate has
 * looked at (`checkBars`).
 *
 * @returns refusals first
 */
export function assessDataQuality(series: Series, rules: DataQualityRules): readonly DataFinding[] {
  const refusals = [
    ...refusalOf(() => requireForecastHistory(series)),
    ...refusalOf(() => requireFitSeries(series, rules.minimumBars)),
  ];
  return [
    // Too few bars are told once, by the rule that is met first.
    ...refusals.filter(({ code }, i) => refusals.findIndex((other) => other.code === code) === i),
    ...staleness(series, rules.now),
  ];
}

/**
 * The same as a condition.
 *
 * @returns the notes
 * @throws FitError with the code of the first refusal; its message tells of all of them
 */
export function requireDataQuality(series: Series, rules: DataQualityRules): readonly DataNote[] {
  return raiseRefusals(assessDataQuality(series, rules));
}

function refusalOf(check: () => void): DataFinding[] {
  try {
    check();
    return [];
  } catch (error) {
    if (!(error instanceof FitError)) throw error;
    return [{ severity: 'refuse', code: error.code, message: error.message, details: error.details }];
  }
}

function staleness({ symbol, times, calendar }: Series, now: string): DataFinding[] {
  if (times.length === 0) return [];
  const last = times[times.length - 1].slice(0, 10);
  const sessions = sessionsSince(last, now, calendar);
  if (sessions === 0) return [];
  return [
    {
      severity: 'note',
      code: 'stale_data',
      message: `The last bar of ${symbol} is of ${last}; ${sessions} ${sessions === 1 ? 'session has' : 'sessions have'} closed since`,
      details: { last, sessions },
    },
  ];
}
