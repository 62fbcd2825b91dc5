import pow from '@stdlib/math-base-special-pow';

/** The longest wavelength over 2 pi. */
const LONGEST = 10_000;

/**
 * Sinusoidal positions (Vaswani et al. 2017, section 3.5): sin and cos of t / 10000^(2i / width) in columns 2i and 2i + 1.
 *
 * @param width even
 * @returns lookback x width; position 0 is the oldest bar
 */
export function sinusoidalPositions(lookback: number, width: number): Float64Array {
  const positions = new Float64Array(lookback * width);
  for (let column = 0; column < width; column += 2) {
    const [sine, cosine] = sineAndCosine(1 / pow(LONGEST, column / width));
    let at = [0, 1];
    for (let t = 0; t < lookback; t++) {
      positions[t * width + column] = at[0];
      positions[t * width + column + 1] = at[1];
      // The angle of the next position is one step more.
      at = [at[0] * cosine + at[1] * sine, at[1] * cosine - at[0] * sine];
    }
  }
  return positions;
}

/** By their power series, to rounding. @param angle 0 to 1 */
function sineAndCosine(angle: number): [number, number] {
  let sine = 0;
  let cosine = 0;
  let term = 1;
  for (let k = 0; k < 20; k += 2) {
    cosine += term;
    term *= angle / (k + 1);
    sine += term;
    term *= -angle / (k + 2);
  }
  return [sine, cosine];
}
