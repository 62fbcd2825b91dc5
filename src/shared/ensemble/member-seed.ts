import type { MemberName } from '../models/forecaster.ts';
import { deriveSeed } from '../numerics/derive-seed.ts';

/**
 * The seed of one fit of a member: a fit for a forecast and one in a window have the same, where their bars end at the same cutoff.
 *
 * @param seed the configuration's
 * @param cutoff time of the last bar of validation
 * @param purpose what tells the member's fits apart: `tune` and the entry of its grid, `refit`, or `test` and the stretch
 */
export function memberSeed(
  seed: number,
  symbol: string,
  cutoff: string,
  member: MemberName,
  ...purpose: readonly (string | number)[]
): number {
  return deriveSeed(seed, symbol, cutoff, member, ...purpose);
}
