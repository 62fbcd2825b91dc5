import { NEW_YORK } from '../calendars/built-in-calendars.ts';
import { datesOffCalendar, missingSessions, sessionsSince } from '../calendars/missing-sessions.ts';
import { FitError, type FitErrorCode } from '../errors/fit-error.ts';
import type { ErrorDetails } from '../errors/plumbline-error.ts';
import { DEFAULT_LARGEST_MOVE, describeMove, implausibleMoves } from './implausible-moves.ts';
import { requireFitSeries } from './require-fit-series.ts';
import { requireForecastHistory } from './require-forecast-history.ts';
import type { Series } from './series.ts';

/** Something about bars that a fit should know. */
export interface DataFinding {
  /** `refuse`: nothing is fitted to these bars. `note`: a forecast from them says so. */
  readonly severity: 'refuse' | 'note';
  /** A refusal's is the code of the error that it becomes. */
  readonly code: FitErrorCode | 'stale_data' | 'gap';
  readonly message: string;
  readonly details: ErrorDetails;
}

/** What a series is held against. */
export interface DataQualityRules {
  /** Bars that the fit takes. */
  readonly minimumBars: number;
  /** The clock, ISO 8601 in UTC. */
  readonly now: string;
  /** The largest factor by which a price is believed to move; default {@link DEFAULT_LARGEST_MOVE}. */
  readonly largestMove?: number;
}

export interface DataQuality {
  /** Refusals first. */
  readonly findings: readonly DataFinding[];
}

/** Share of the span's sessions above which the bars are not daily ones, or of no use as such. */
const LARGEST_GAP_SHARE = 0.5;
/** Closes in a row that are the same: from the first number on worth a note, from the second on no market's prices. */
const REPEATED_NOTED = 6;
const REPEATED_REFUSED = 60;
/** Share of the closes that repeat the one before: the same. */
const REPEATED_SHARE_NOTED = 0.1;
const REPEATED_SHARE_REFUSED = 0.5;
/** Sessions that a finding names at most. */
const NAMED = 5;

/**
 * Looks at bars before anything is fitted to them: enough of them over enough time, prices that are prices, moves that can be
 * believed, repeated closes, gaps by New York's calendar, and how old they are.
 *
 * Staleness and a few gaps are notes: a forecast from old bars is a forecast, and says so itself.
 */
export function assessDataQuality(series: Series, rules: DataQualityRules): DataQuality {
  const refusals = [
    ...refusalOf(() => requireForecastHistory(series)),
    ...refusalOf(() => requireFitSeries(series, rules.minimumBars)),
  ];
  const findings = [
    // Too few bars are told once, by the rule that is met first.
    ...refusals.filter(({ code }, i) => refusals.findIndex((other) => other.code === code) === i),
    ...implausiblePrices(series, rules.largestMove ?? DEFAULT_LARGEST_MOVE),
    ...repeatedPrices(series),
    ...gaps(series),
    ...staleness(series, rules.now),
  ];
  return {
    findings: [
      ...findings.filter(({ severity }) => severity === 'refuse'),
      ...findings.filter(({ severity }) => severity === 'note'),
    ],
  };
}

/**
 * The same as a gate.
 *
 * @returns the notes
 * @throws FitError with the code of the first refusal; its message tells of all of them
 */
export function requireDataQuality(series: Series, rules: DataQualityRules): readonly DataFinding[] {
  const { findings } = assessDataQuality(series, rules);
  const refusals = findings.filter(({ severity }) => severity === 'refuse');
  if (refusals.length > 0) {
    const [{ code, details }] = refusals;
    throw new FitError(code, refusals.map(({ message }) => message).join('. '), details);
  }
  return findings;
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

function implausiblePrices(series: Series, largest: number): DataFinding[] {
  const moves = implausibleMoves(series, largest);
  if (moves.length === 0) return [];
  const [first] = moves;
  const more = moves.length === 1 ? '' : `. There are ${moves.length - 1} more such bars`;
  return [
    {
      severity: 'refuse',
      code: 'implausible_price',
      message: `${describeMove(series.symbol, first, largest)}${more}`,
      details: { time: first.time, from: first.from, to: first.to, factor: first.factor, bars: moves.length },
    },
  ];
}

function repeatedPrices({ symbol, times, close }: Series): DataFinding[] {
  let repeated = 0;
  let run = 1;
  let longest = { closes: 1, end: 0 };
  for (let i = 1; i < close.length; i++) {
    if (close[i] === close[i - 1]) {
      repeated++;
      run++;
      if (run > longest.closes) longest = { closes: run, end: i };
    } else run = 1;
  }
  const share = repeated / Math.max(1, close.length - 1);
  if (longest.closes < REPEATED_NOTED && share < REPEATED_SHARE_NOTED) return [];
  const refused = longest.closes >= REPEATED_REFUSED || share >= REPEATED_SHARE_REFUSED;
  const [from, to] = [times[longest.end + 1 - longest.closes], times[longest.end]];
  return [
    {
      severity: refused ? 'refuse' : 'note',
      code: 'repeated_prices',
      message:
        `${repeated} of ${symbol}'s ${close.length} closes repeat the one before; the longest run is of ` +
        `${longest.closes}, from ${from} to ${to}`,
      details: { repeated, bars: close.length, longest: longest.closes, from, to },
    },
  ];
}

function gaps({ symbol, times }: Series): DataFinding[] {
  if (datesOffCalendar(times, NEW_YORK).length > 0) return [];
  const missing = missingSessions(times, NEW_YORK);
  if (missing.length === 0) return [];
  const sessions = new Set(times.map((time) => time.slice(0, 10))).size + missing.length;
  const named = missing.slice(0, NAMED);
  const details = { missing: missing.length, sessions, first: named };
  const what = `${missing.length} of the ${sessions} sessions from ${times[0].slice(0, 10)} to ${times[times.length - 1].slice(0, 10)} are missing in ${symbol}: ${named.join(', ')}${missing.length > named.length ? ', ...' : ''}`;
  return missing.length > LARGEST_GAP_SHARE * sessions
    ? [{ severity: 'refuse', code: 'too_many_gaps', message: what, details }]
    : [{ severity: 'note', code: 'gap', message: what, details }];
}

function staleness({ symbol, times }: Series, now: string): DataFinding[] {
  if (times.length === 0) return [];
  const last = times[times.length - 1].slice(0, 10);
  const sessions = sessionsSince(last, now, NEW_YORK);
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
