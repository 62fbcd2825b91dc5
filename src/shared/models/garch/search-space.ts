import type { Scaling } from '../centre-and-unit.ts';
import { boundOf, type ParameterBound } from './parameter-bound.ts';

/**
 * A box in which a likelihood is searched, for data with variance 1 (and mean 0, where one is estimated); its variables are
 * chosen so that everything the parameters must satisfy is a bound.
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
  /**
   * Where to search once more when a search ended at a point at which some variables have no effect, and so do not say where
   * it goes on; none elsewhere.
   */
  restarts?(x: Float64Array): readonly Float64Array[];
  /** The box's sides as bounds of the parameters for the data before they were scaled. */
  bounds(scaling: Scaling): readonly ParameterBound[];
}

/** How far the mean may be from the sample's, in standard deviations of the data. */
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

/** The bounds of the mean: none when it is known. */
export function meanBounds(mean: 'constant' | 'zero', { centre, unit }: Scaling): readonly ParameterBound[] {
  const room = meanRoom(mean) * unit;
  return mean === 'constant' ? [boundOf('mu', centre - room, centre + room)] : [];
}

/** The bounds of the degrees of freedom: none when innovations are normal. */
export function tailBounds(innovations: 'normal' | 't'): readonly ParameterBound[] {
  const { lightest, heaviest } = tailRoom(innovations);
  return innovations === 't' ? [boundOf('nu', 1 / heaviest, 1 / lightest)] : [];
}

/**
 * The bounds of a log variance's long-run level omega / (1 - beta), written so that they are linear; beta is below 1.
 *
 * @param centre of the room, in the parameters' unit
 * @param others coefficients of what adds to omega
 */
export function levelBounds(
  centre: number,
  room: number,
  others: ParameterBound['coefficients'] = {},
): readonly ParameterBound[] {
  const low = centre - room;
  const high = centre + room;
  const none = Number.POSITIVE_INFINITY;
  return [
    { name: 'level', coefficients: { omega: 1, beta: low, ...others }, lower: low, upper: none },
    { name: 'level', coefficients: { omega: 1, beta: high, ...others }, lower: -none, upper: high },
  ];
}
