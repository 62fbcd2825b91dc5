import ln from '@stdlib/math-base-special-ln';

/** A split: new shares for old ones. A reverse split has fewer new ones. */
export interface Split {
  readonly shares: number;
  readonly for: number;
}

/** Ratios of splits, as new shares for old ones; a reverse split is the other way round. */
const SPLITS: readonly (readonly [number, number])[] = [
  ...[50, 25, 20, 15, 12, 10, 8, 7, 6, 5, 4, 3, 2].map((shares) => [shares, 1] as const),
  [3, 2],
  [5, 4],
];

/**
 * The split whose ratio a move of the price is nearest to; null where none is near.
 *
 * @param ratio the price after over the one before
 * @param tolerance how far off a ratio is near, in logs: the market moves that day, too
 */
export function likelySplit(ratio: number, tolerance: number): Split | null {
  const size = Math.abs(ln(ratio));
  const distance = ([shares, old]: readonly [number, number]) => Math.abs(size - ln(shares / old));
  const [nearest] = [...SPLITS].sort((a, b) => distance(a) - distance(b));
  if (distance(nearest) > tolerance) return null;
  const [shares, old] = nearest;
  return ratio < 1 ? { shares, for: old } : { shares: old, for: shares };
}

/** Such as `a split of 4 for 1 that prices are not adjusted for`. */
export function describeSplit({ shares, for: old }: Split): string {
  return `a ${shares > old ? '' : 'reverse '}split of ${shares} for ${old} that prices are not adjusted for`;
}
