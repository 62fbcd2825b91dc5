import { decodeFloat64, encodeFloat64 } from '../../numerics/float64-codec.ts';
import type { Minimum } from '../../numerics/minimise.ts';

/** A minimum as text, every bit kept, for a checkpoint. */
export function encodeMinimum(minimum: Minimum): string {
  return encodeFloat64(
    Float64Array.of(minimum.value, minimum.converged ? 1 : 0, minimum.iterations, ...minimum.x),
  );
}

/** The inverse of {@link encodeMinimum}. @throws RangeError when the text does not hold whole doubles */
export function decodeMinimum(text: string): Minimum {
  const [value, converged, iterations, ...x] = decodeFloat64(text);
  return { value, converged: converged === 1, iterations, x: Float64Array.from(x) };
}
