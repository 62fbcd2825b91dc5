import { SeededRandom } from '../../numerics/random.ts';
import { MAXIMUM_STEPS } from '../require-steps.ts';

/** Paths that are drawn: as many as residuals are kept, so that a step draws each of these once. */
export const PATHS = 1000;
/** Any will do; the same residuals give the same paths. */
const SEED = 1;

let drawn: readonly Int32Array[] | undefined;

/**
 * By step the stratum of each path, 0 to {@link PATHS} - 1 in random order: a Latin hypercube (McKay, Beckman and Conover 1979). Each step
 * has the residuals' own distribution, without the noise of drawing it. The same for every forecast (common random numbers), so that
 * models and bars differ by what they expect alone.
 */
function strata(): readonly Int32Array[] {
  if (drawn === undefined) {
    const random = new SeededRandom(SEED);
    drawn = Array.from({ length: MAXIMUM_STEPS }, () => random.permutation(PATHS));
  }
  return drawn;
}

/**
 * Walks {@link PATHS} paths of residuals drawn independently with replacement.
 *
 * @param sortedResiduals ascending, at least one
 * @param take is given the path and the residual that it meets at each step, all paths of the first step before those of the next
 */
export function walkPaths(
  steps: number,
  sortedResiduals: Float64Array,
  take: (path: number, residual: number, step: number) => void,
): void {
  const size = sortedResiduals.length;
  for (let step = 0; step < steps; step++) {
    const stratum = strata()[step];
    for (let path = 0; path < PATHS; path++) {
      // The middle of the stratum: no more than the largest residual.
      take(path, sortedResiduals[Math.floor(((stratum[path] + 0.5) * size) / PATHS)], step);
    }
  }
}
