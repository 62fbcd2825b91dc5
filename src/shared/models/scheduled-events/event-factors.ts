import exp from '@stdlib/math-base-special-exp';
import ln from '@stdlib/math-base-special-ln';
import { logReturns } from '../../series/log-returns.ts';
import type { Series } from '../../series/series.ts';
import { type EventEffects, EventEffectsFinder, type PlacedSession } from './event-effects.ts';
import { type EventCategory, expectedFactor } from './expected-factor.ts';

/** How much larger than usual a move is, with the probability that it is. */
export interface PossibleFactor {
  readonly factor: number;
  readonly probability: number;
}

/** What is known of the event that moves a bar. */
export interface EventOutlook {
  /** The event's own; where it is anticipated, that of the one 364 days before. */
  readonly date: string;
  readonly category: EventCategory;
  /** That an event moves the bar; 1 where it is known. */
  readonly probability: number;
  /** Of the bar's moves. */
  readonly possible: readonly PossibleFactor[];
  /** Of the category, and what it is learned from. */
  readonly factor: number;
  readonly expected: number;
  readonly ownMoves: number;
}

/** Past moves of a category that its factor is learned from. */
const LEARNED_MOVES = 20;
/** Moves that the expected factor counts for. */
const EXPECTED_COUNTS_FOR = 10;
/** Comparable bars without an event whose mean absolute return is the usual one. */
const USUAL_BARS = 60;
/** Fewer do not say what is usual. */
const ENOUGH_BARS = 20;

/** A move that was as many times the usual one. */
interface PastMove {
  readonly ratio: number;
  /** The first bar at whose close it was known to be an event's. */
  readonly known: number;
}

/**
 * How much events enlarge the moves of a series' bars.
 *
 * The factor of a category of bars is the mean of what its own last 20 moves were over the usual ones before them,
 * and of what is expected of it (see `expectedFactor`), which counts for ten. Where several events meet the largest
 * factor holds.
 *
 * Nothing depends on a later bar: the forecast of a bar on what was known at the close of the bar before, what the
 * bar itself is divided by on that and on what was known at its own close.
 */
export class EventFactors {
  /** Of each bar what its moves are to be divided by; null where every bar's is 1. */
  readonly divisors: Float64Array | null;
  readonly #finder: EventEffectsFinder;
  readonly #moves = new Map<string, PastMove[]>();

  /** @param series every bar is read, so that they must all be known */
  constructor(series: Series) {
    const bars = series.times.length;
    const finder = new EventEffectsFinder(series);
    this.#finder = finder;
    const sizes = logReturns(series.close).map(Math.abs);
    const usual = { first: new RecentMean(), second: new RecentMean() };
    const divisors = new Float64Array(bars).fill(1);
    const affected = finder.affectedBars().toSorted((a, b) => a.known - b.known || a.bar - b.bar);
    const ratios = new Float64Array(bars).fill(Number.NaN);
    let learned = 0;
    for (let bar = 1; bar < bars; bar++) {
      const place = finder.placeOf(bar);
      const effects = finder.effectsOn(place, bar);
      const recent = usual[place.session.position];
      const size = sizes[bar - 1];
      if (recent.mean > 0) ratios[bar] = size / recent.mean;
      const possible = this.#possible(effects, bar);
      if (possible === null) recent.push(size);
      else divisors[bar] = typicalFactor(possible, ratios[bar]);
      for (; learned < affected.length && affected[learned].known === bar; learned++) {
        const move = affected[learned];
        this.#learn(move.category, { ratio: ratios[move.bar], known: bar });
      }
    }
    this.divisors = divisors.every((divisor) => divisor === 1) ? null : divisors;
  }

  /** Of the moves over the steps after the first `bars` bars; of each null where it is 1 for sure. */
  after(bars: number, steps = 1): (readonly PossibleFactor[] | null)[] {
    const factors: (readonly PossibleFactor[] | null)[] = [];
    let place: PlacedSession = this.#finder.placeAfter(bars);
    for (let step = 1; ; step++) {
      factors.push(this.#possible(this.#finder.effectsOn(place, bars - 1), bars));
      if (step === steps) return factors;
      place = this.#finder.placeBehind(place);
    }
  }

  /**
   * What moves the bar after the first `bars` bars, the likeliest event or the one that moves it most; null where
   * none is known to.
   */
  outlook(bars: number): EventOutlook | null {
    const effects = this.#finder.effectsOn(this.#finder.placeAfter(bars), bars - 1);
    const possible = this.#possible(effects, bars);
    if (possible === null) return null;
    const { known, anticipated } = effects;
    const [foremost] =
      known.length > 0
        ? known.toSorted((a, b) => this.#factorOf(b.category, bars) - this.#factorOf(a.category, bars))
        : anticipated.toSorted((a, b) => b.probability - a.probability);
    const { date, category } = foremost;
    return {
      ...{ date, category, possible },
      probability: anticipated.reduce((sum, { probability }) => sum + probability, known.length > 0 ? 1 : 0),
      factor: this.#factorOf(category, bars),
      expected: expectedFactor(category).factor,
      ownMoves: this.#movesOf(category, bars).length,
    };
  }

  /** @param bar moves of the bars before it are learned from */
  #possible({ known, anticipated }: EventEffects, bar: number): readonly PossibleFactor[] | null {
    if (known.length > 0) {
      const factor = Math.max(...known.map(({ category }) => this.#factorOf(category, bar)));
      return [{ factor, probability: 1 }];
    }
    if (anticipated.length === 0) return null;
    const events = anticipated.map(({ category, probability }) => ({
      ...{ factor: this.#factorOf(category, bar), probability },
    }));
    const none = events.reduce((rest, { probability }) => rest - probability, 1);
    return [{ factor: 1, probability: none }, ...events];
  }

  #factorOf(category: EventCategory, bar: number): number {
    const { factor, largestRatio } = expectedFactor(category);
    const moves = this.#movesOf(category, bar);
    const sum = moves.reduce((total, { ratio }) => total + Math.min(ratio, largestRatio), 0);
    return (EXPECTED_COUNTS_FOR * factor + sum) / (EXPECTED_COUNTS_FOR + moves.length);
  }

  #movesOf(category: EventCategory, bar: number): readonly PastMove[] {
    return (this.#moves.get(keyOf(category)) ?? []).filter(({ known }) => known < bar).slice(-LEARNED_MOVES);
  }

  #learn(category: EventCategory, move: PastMove): void {
    if (Number.isNaN(move.ratio)) return;
    const key = keyOf(category);
    const moves = this.#moves.get(key);
    if (moves === undefined) this.#moves.set(key, [move]);
    else moves.push(move);
  }
}

function keyOf({ kind, time, session, position }: EventCategory): string {
  return [session, position, time, kind].join(' ');
}

/**
 * The geometric mean of possible factors by their probabilities after the move, which was `ratio` times the usual
 * one: absolute returns are taken to be exponential. By those before it where the ratio is not known.
 */
function typicalFactor(possible: readonly PossibleFactor[], ratio: number): number {
  if (possible.length === 1) return possible[0].factor;
  const weights = possible.map(({ factor, probability }) =>
    Number.isNaN(ratio) ? probability : (probability / factor) * exp(-ratio / factor),
  );
  const sum = weights.reduce((total, weight) => total + weight, 0);
  const logs = possible.map(({ factor }, i) => (weights[i] / sum) * ln(factor));
  return sum > 0 ? exp(logs.reduce((total, value) => total + value, 0)) : 1;
}

/** The mean of the last values. */
class RecentMean {
  readonly #values: number[] = [];

  /** NaN while there are too few. */
  get mean(): number {
    const values = this.#values;
    if (values.length < ENOUGH_BARS) return Number.NaN;
    return values.reduce((sum, value) => sum + value, 0) / values.length;
  }

  push(value: number): void {
    this.#values.push(value);
    if (this.#values.length > USUAL_BARS) this.#values.shift();
  }
}
