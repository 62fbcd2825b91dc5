import { SeededRandom } from '../../numerics/random.ts';
import { MAXIMUM_STEPS } from '../require-steps.ts';

/** Paths that are drawn: as many as residuals are kept, so that a step draws each of these once. */
export const PATHS = 1000;
/** Any will do; the same residuals give the same paths. */
const SEED = 1;

let drawn: readonly Int32Array[] | undefined;

/**
 * By step the stratum of each path, 0 to {@link PATHS} - 1 in random order: a Latin hypercube (McKay, Beckman and
 * Conover 1979). Each step has the residuals' own distribution, without the noise of drawing it. The same for every
 * forecast (common random numbers), so that models and bars differ by what they expect alone.
 */
export function pathStrata(): readonly Int32Array[] {
  if (drawn === undefined) {
    const random = new SeededRandom(SEED);
    drawn = Array.from({ length: MAXIMUM_STEPS }, () => random.permutation(PATHS));
  }
  return drawn;
}

/**
 * By stratum the residual that a path meets there: the one at the stratum's middle.
 *
 * @param sortedResiduals ascending, at least one
 */
export function residualsByStratum(sortedResiduals: Float64Array): Float64Array {
  const size = sortedResiduals.length;
  return Float64Array.from(
    { length: PATHS },
    (_, stratum) => sortedResiduals[Math.floor(((stratum + 0.5) * size) / PATHS)],
  );
}
