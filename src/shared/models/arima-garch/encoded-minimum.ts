import { FitError } from '../../errors/fit-error.ts';
import { decodeFloat64, encodeFloat64 } from '../../numerics/float64-codec.ts';
import type { Minimum } from '../../numerics/minimise.ts';

/** A minimum as text, every bit kept, for a checkpoint. */
export function encodeMinimum(minimum: Minimum): string {
  return encodeFloat64(
    Float64Array.of(minimum.value, minimum.converged ? 1 : 0, minimum.iterations, ...minimum.x),
  );
}

/**
 * The inverse of {@link encodeMinimum}, of all that a checkpoint holds.
 *
 * @param name of the member, for messages
 * @param count of the minima that there should be
 * @param variables of the search
 * @throws FitError `invalid_artifact` when `minima` are not so many texts, or one does not hold so many finite variables
 */
export function decodeMinima(name: string, minima: unknown, count: number, variables: number): Minimum[] {
  if (
    !Array.isArray(minima) ||
    minima.length !== count ||
    !minima.every((text) => typeof text === 'string')
  ) {
    throw new FitError(
      'invalid_artifact',
      `A checkpoint of ${name} after ${count} searches holds ${count} minima`,
    );
  }
  return minima.map((text) => {
    try {
      return decodeMinimum(text, variables);
    } catch (error) {
      throw new FitError('invalid_artifact', `A checkpoint of ${name}: ${(error as Error).message}`);
    }
  });
}

function decodeMinimum(text: string, variables: number): Minimum {
  const [value, converged, iterations, ...x] = decodeFloat64(text);
  if (x.length !== variables || !x.every(Number.isFinite)) {
    throw new RangeError(`A minimum has ${variables} finite variables, not [${x.join(', ')}]`);
  }
  return { value, converged: converged === 1, iterations, x: Float64Array.from(x) };
}
