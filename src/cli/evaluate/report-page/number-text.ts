import { fixed } from '../../fixed.ts';

// How the page writes figures: the same everywhere, so that what stands in a plot can be found in a table.

/** A ratio, 4 decimals. */
export const ratio = (value: number): string => fixed(value, 4);

/** A share as a percentage with one decimal, without its sign. */
export const percent = (share: number): string => (100 * share).toFixed(1);

/** An error in the unit of log returns, 5 decimals. */
export const fraction = (value: number): string => value.toFixed(5);

/** What there is not. */
export const NONE = '-';
