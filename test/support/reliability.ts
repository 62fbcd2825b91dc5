import { requirePairs } from '../../src/shared/scores/require-pairs.ts';

/** Forecasts whose probability lies in one stretch, beside what came true of them. */
export interface ReliabilityBin {
  /** Probabilities from `from` up to but not including `to`; the last bin includes it. */
  readonly from: number;
  readonly to: number;
  readonly n: number;
  /** Mean probability that was forecast. */
  readonly expected: number;
  /** Share of the events that came true; `expected` where the probabilities are calibrated. */
  readonly observed: number;
  /** Of `observed`, if the probabilities are right and events independent. */
  readonly standardError: number;
}

/** Brier score (Brier 1950) in the parts of Murphy (1973), with those that binning adds (Stephenson, Coelho and Jolliffe 2008, eq. 9). */
export interface BrierDecomposition {
  /** Mean squared difference of probability and event; `reliability - resolution + uncertainty + withinBins`. */
  readonly score: number;
  /** Mean squared difference of a bin's probability and share; 0 when calibrated. */
  readonly reliability: number;
  /** Mean squared difference of a bin's share and the whole one; how much the forecasts tell apart. */
  readonly resolution: number;
  /** Variance of the events: the score of always forecasting their share. */
  readonly uncertainty: number;
  /** Variance less covariance within bins. */
  readonly withinBins: number;
}

/** Deciles. */
const DEFAULT_EDGES: readonly number[] = Array.from({ length: 11 }, (_, i) => i / 10);

/**
 * Are probabilities what they say? Forecasts in bins of their probability, each with the share of events that came true (a
 * reliability diagram's points). Bins without a forecast are left out.
 *
 * @param probabilities of an event each, 0 to 1
 * @param events 1 where it came true, else 0
 * @param edges of the bins, ascending, the first not above and the last not below every probability; default 0, 0.1, ... 1
 * @throws RangeError when lengths differ or are 0, or a probability lies outside the edges
 */
export function reliability(
  probabilities: Float64Array,
  events: Float64Array,
  edges: readonly number[] = DEFAULT_EDGES,
): ReliabilityBin[] {
  requirePairs(probabilities, events);
  return binned(probabilities, edges).flatMap((members, bin) => {
    const n = members.length;
    if (n === 0) return [];
    const expected = meanAt(probabilities, members);
    return {
      from: edges[bin],
      to: edges[bin + 1],
      n,
      expected,
      observed: meanAt(events, members),
      standardError: Math.sqrt((expected * (1 - expected)) / n),
    };
  });
}

/** The Brier score of the same forecasts and its parts by the same bins. @throws RangeError as {@link reliability} */
export function brierDecomposition(
  probabilities: Float64Array,
  events: Float64Array,
  edges: readonly number[] = DEFAULT_EDGES,
): BrierDecomposition {
  const n = requirePairs(probabilities, events);
  const share = events.reduce((sum, event) => sum + event, 0) / n;
  const parts = { score: 0, reliability: 0, resolution: 0, uncertainty: share * (1 - share), withinBins: 0 };
  for (const members of binned(probabilities, edges)) {
    if (members.length === 0) continue;
    const expected = meanAt(probabilities, members);
    const observed = meanAt(events, members);
    parts.reliability += (members.length * (expected - observed) * (expected - observed)) / n;
    parts.resolution += (members.length * (observed - share) * (observed - share)) / n;
    for (const i of members) {
      const [probability, event] = [probabilities[i], events[i]];
      parts.score += ((probability - event) * (probability - event)) / n;
      const within = probability - expected;
      parts.withinBins += (within * within - 2 * within * (event - observed)) / n;
    }
  }
  return parts;
}

/** Places of the forecasts in each bin. */
function binned(probabilities: Float64Array, edges: readonly number[]): number[][] {
  const bins: number[][] = edges.slice(1).map(() => []);
  for (const [i, probability] of probabilities.entries()) {
    if (!(probability >= edges[0] && probability <= edges[bins.length])) {
      throw new RangeError(
        `The probability ${probability} lies outside ${edges[0]} to ${edges[bins.length]}.`,
      );
    }
    let bin = bins.length - 1;
    while (probability < edges[bin]) bin--;
    bins[bin].push(i);
  }
  return bins;
}

function meanAt(values: Float64Array, places: readonly number[]): number {
  return places.reduce((sum, place) => sum + values[place], 0) / places.length;
}
