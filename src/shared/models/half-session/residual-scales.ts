import { FitError } from '../../errors/fit-error.ts';
import type { Json } from '../../json.ts';
import { decodeFloat64OrNull, encodeFloat64 } from '../../numerics/float64-codec.ts';
import type { SessionPosition } from '../../series/half-sessions.ts';

/** What a residual keeps of its weight with each later one of its half: half after 49 sessions. */
const DECAY = 0.986;
/** Residuals that the scale 1 counts as many as. */
const PRIOR_RESIDUALS = 10;
/** Mean absolute value of a standardised Student t with 6 degrees of freedom: the size at which the scale is 1. */
const EXPECTED_SIZE = 0.75;
/**
 * A residual is taken for no larger than this many times what was expected: one price error must not widen a season.
 */
const LARGEST_SURPRISE = 4;

/** How large the residuals of one half were, against what was expected of them. */
interface Sizes {
  readonly sum: number;
  readonly weight: number;
}

const NONE: Sizes = { sum: 0, weight: 0 };

/**
 * By how much a model's standardised residuals have lately been larger than 1, in each half of the session.
 *
 * The scale is a weighted mean of absolute residuals, newer ones heavier, shrunk to 1. Absolute values, because
 * outliers say little about a scale; by half, because a model of both halves errs differently in each. It is known
 * before the bar that it scales.
 */
export class ResidualScales {
  readonly #sizes: Record<SessionPosition, Sizes>;

  constructor(sizes: Readonly<Record<SessionPosition, Sizes>> = { first: NONE, second: NONE }) {
    this.#sizes = { ...sizes };
  }

  /** The scale of the next residual of that half; positive. */
  of(position: SessionPosition): number {
    const { sum, weight } = this.#sizes[position];
    return (PRIOR_RESIDUALS + sum) / (PRIOR_RESIDUALS + weight);
  }

  /** Learns from a standardised residual of that half. */
  learn(position: SessionPosition, residual: number): void {
    const { sum, weight } = this.#sizes[position];
    const size = Math.min(Math.abs(residual) / EXPECTED_SIZE, LARGEST_SURPRISE * this.of(position));
    this.#sizes[position] = { sum: DECAY * sum + size, weight: DECAY * weight + 1 };
  }

  /** The same scales, which go on by themselves. */
  copy(): ResidualScales {
    return new ResidualScales(this.#sizes);
  }

  toJSON(): string {
    const { first, second } = this.#sizes;
    return encodeFloat64(Float64Array.of(first.sum, first.weight, second.sum, second.weight));
  }

  /** The inverse of {@link toJSON}. @throws FitError `invalid_artifact` */
  static from(json: Json): ResidualScales {
    const values = decodeFloat64OrNull(json) ?? [];
    if (values.length !== 4 || !values.every((value) => value >= 0 && value < Number.POSITIVE_INFINITY)) {
      throw new FitError('invalid_artifact', 'Residual scales hold four numbers, none below 0');
    }
    const [first, firstWeight, second, secondWeight] = values;
    return new ResidualScales({
      first: { sum: first, weight: firstWeight },
      second: { sum: second, weight: secondWeight },
    });
  }
}
