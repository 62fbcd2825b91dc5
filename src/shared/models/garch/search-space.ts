/**
 * A box in which a likelihood is searched, for data with variance 1; its variables are chosen so that everything the
 * parameters must satisfy is a bound.
 */
export interface SearchSpace {
  readonly lower: Float64Array;
  readonly upper: Float64Array;
  /** Where searches begin. */
  readonly starts: readonly Float64Array[];
  /** The model's parameters at a point, by the places of its likelihood. */
  parameters(x: Float64Array): Float64Array;
  /** Turns derivatives by the parameters into those by the search variables (chain rule), written to `gradient`. */
  pullBack(x: Float64Array, byParameter: Float64Array, gradient: Float64Array): void;
  /** The same model for data `unit` times as large. */
  inUnit(parameters: Float64Array, unit: number): Float64Array;
}

/** Bounds of the mean, in standard deviations of the data. */
export function meanRoom(mean: 'constant' | 'zero'): number {
  return mean === 'constant' ? 3 : 0;
}

/** Bounds of 1 / nu: from nearly normal to nearly without variance; no room when innovations are normal. */
export function tailRoom(innovations: 'normal' | 't'): {
  readonly lightest: number;
  readonly heaviest: number;
} {
  return innovations === 't' ? { lightest: 1 / 200, heaviest: 1 / 2.05 } : { lightest: 0, heaviest: 0 };
}

/** Where 1 / nu starts. */
export const TAIL_START = 0.15;

/** nu from its inverse. */
export function degreesOfFreedom(tail: number): number {
  return tail > 0 ? 1 / tail : Number.POSITIVE_INFINITY;
}

/** The derivative by 1 / nu from that by nu. */
export function byTail(byNu: number, tail: number): number {
  return tail > 0 ? -byNu / (tail * tail) : 0;
}
