import { QUANTILE_LEVELS } from '../../numerics/distributions/predictive-distribution.ts';
import { COVERAGE_LEVELS, intervalPlaces } from '../../scores/coverage.ts';
import { crpsFromQuantiles } from '../../scores/crps.ts';
import type { Horizon } from '../../series/horizon.ts';

/** What a forecast said of one log return: its quantiles at the 199 levels of `QUANTILE_LEVELS`, never decreasing. */
export interface PairedForecast {
  readonly mean: number;
  readonly quantiles: Float64Array;
}

/** Two forecasts of the same bar from the same bar, and what came. */
export interface ForecastPair {
  readonly symbol: string;
  readonly horizon: Horizon;
  /** Time of the last bar that both saw, ISO 8601. */
  readonly data_cutoff: string;
  /** Log return over the horizon. */
  readonly realised_return: number;
  readonly candidate: PairedForecast;
  readonly baseline: PairedForecast;
}

/** Places of the levels 0.16, 0.5 and 0.84 in `QUANTILE_LEVELS`. */
const LOWER = 31;
const MEDIAN = 99;
const UPPER = 167;

/**
 * Where a score must have a bound that no outcome breaks, an outcome further than this from the baseline's median counts as this far, in
 * the baseline's scales. Of 13 US stocks and funds since 1990 some 2 % of the days are beyond, in exponentially weighted scales. The bound,
 * not the noise, decides how many sessions a test takes: with 6 it takes twice as many, and the ratios hardly differ.
 */
export const FARTHEST_OUTCOME = 3;

/** The two forecasts of a pair in units of the baseline's scale, and their scores. Everything but the scores was known before the outcome. */
export interface ComparedPair {
  readonly symbol: string;
  /** Half the distance between the baseline's 16 % and 84 % quantiles: one standard deviation of a normal distribution. */
  readonly scale: number;
  /** Candidate's mean less the baseline's, in scales. */
  readonly meanDifference: number;
  /** Outcome less the baseline's mean, in scales. */
  readonly error: number;
  /** {@link error} of the outcome where it counts as no further than {@link FARTHEST_OUTCOME}; and the least and largest it can be then. */
  readonly bounded: { readonly error: number; readonly least: number; readonly largest: number };
  /** CRPS in scales: of the outcome, of the bounded outcome, and wherever one of the two bends, from the least to the largest outcome. */
  readonly crps: {
    readonly outcome: Scores;
    readonly boundedOutcome: Scores;
    readonly bends: ScoreCurves;
    /** Those within the bounds, with the bounds themselves. */
    readonly boundedBends: ScoreCurves;
  };
  /** Whether the outcome lies within each of the candidate's intervals, at `COVERAGE_LEVELS`. */
  readonly covered: readonly boolean[];
}

/** Of both forecasts for one outcome. */
export interface Scores {
  readonly candidate: number;
  readonly baseline: number;
}

/** Of both forecasts for ascending outcomes. */
export interface ScoreCurves {
  readonly candidate: Float64Array;
  readonly baseline: Float64Array;
}

/** @returns null where the two cannot be compared: a figure is not finite, or the baseline has no width */
export function comparedPair(pair: ForecastPair): ComparedPair | null {
  const { candidate, baseline, realised_return: outcome } = pair;
  const scale = (baseline.quantiles[UPPER] - baseline.quantiles[LOWER]) / 2;
  if (!(scale > 0) || !Number.isFinite(outcome) || ![candidate, baseline].every(isUsable)) return null;
  const median = baseline.quantiles[MEDIAN];
  const least = median - FARTHEST_OUTCOME * scale;
  const largest = median + FARTHEST_OUTCOME * scale;
  const boundedOutcome = Math.max(least, Math.min(largest, outcome));
  const bends = new Float64Array(2 * QUANTILE_LEVELS.length + 2);
  bends.set(candidate.quantiles);
  bends.set(baseline.quantiles, QUANTILE_LEVELS.length);
  bends.set([least, largest], 2 * QUANTILE_LEVELS.length);
  bends.sort();
  const ofCandidate = crpsCurve(candidate.quantiles, bends, scale);
  const ofBaseline = crpsCurve(baseline.quantiles, bends, scale);
  const scores = scoresOf(outcome, candidate, baseline, scale);
  const first = bends.indexOf(least);
  const end = bends.lastIndexOf(largest) + 1;
  return {
    symbol: pair.symbol,
    scale,
    meanDifference: (candidate.mean - baseline.mean) / scale,
    error: (outcome - baseline.mean) / scale,
    bounded: {
      error: (boundedOutcome - baseline.mean) / scale,
      least: (least - baseline.mean) / scale,
      largest: (largest - baseline.mean) / scale,
    },
    crps: {
      outcome: scores,
      boundedOutcome:
        boundedOutcome === outcome ? scores : scoresOf(boundedOutcome, candidate, baseline, scale),
      bends: { candidate: ofCandidate, baseline: ofBaseline },
      boundedBends: {
        candidate: ofCandidate.subarray(first, end),
        baseline: ofBaseline.subarray(first, end),
      },
    },
    covered: INTERVALS.map(
      ({ lower, upper }) => outcome >= candidate.quantiles[lower] && outcome <= candidate.quantiles[upper],
    ),
  };
}

const INTERVALS = COVERAGE_LEVELS.map(intervalPlaces);

function isUsable({ mean, quantiles }: PairedForecast): boolean {
  return (
    Number.isFinite(mean) && quantiles.length === QUANTILE_LEVELS.length && quantiles.every(Number.isFinite)
  );
}

function scoresOf(outcome: number, candidate: PairedForecast, baseline: PairedForecast, scale: number) {
  return {
    candidate: crpsFromQuantiles(candidate.quantiles, outcome) / scale,
    baseline: crpsFromQuantiles(baseline.quantiles, outcome) / scale,
  };
}

/**
 * CRPS at ascending outcomes, among which are all quantiles, in units of `scale`: between two of them it is straight. The slope below an outcome is the share of
 * levels below it less the share above.
 */
function crpsCurve(quantiles: Float64Array, outcomes: Float64Array, scale: number): Float64Array {
  const last = quantiles.length - 1;
  const curve = new Float64Array(outcomes.length);
  curve[0] = crpsFromQuantiles(quantiles, outcomes[0]) / scale;
  let below = 0;
  for (let i = 1; i < outcomes.length; i++) {
    while (below <= last && quantiles[below] < outcomes[i]) below++;
    // Each quantile stands for 1/200 of the levels, the outermost for half of that more, which is the tail beyond it.
    const share = QUANTILE_LEVELS[0] * (below + (below > 0 ? 0.5 : 0) + (below > last ? 0.5 : 0));
    curve[i] = curve[i - 1] + (2 * share - 1) * ((outcomes[i] - outcomes[i - 1]) / scale);
  }
  return curve;
}
