/**
 * A 32-bit seed from a base seed and names, so that each fit has its own reproducible random numbers.
 *
 * FNV-1a over the code points (Fowler, Noll and Vo); only 32-bit integer arithmetic, hence the same everywhere.
 */
export function deriveSeed(base: number, ...names: readonly (string | number)[]): number {
  let hash = 0x811c9dc5 ^ base;
  for (const unit of names.join('\u0000')) {
    hash = Math.imul(hash ^ unit.codePointAt(0)!, 0x01000193);
  }
  return hash >>> 0;
}
