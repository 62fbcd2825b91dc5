import ln from '@stdlib/math-base-special-ln';

/** Bars over which volume is compared with its own mean. */
const WINDOW = 22;

/** Log volume less its mean over the last 22 bars, one a bar; 0 where any of them is unknown or zero. */
export function relativeLogVolume(volume: Float64Array): Float64Array {
  const relative = new Float64Array(volume.length);
  const logs = volume.map((value) => (value > 0 ? ln(value) : Number.NaN));
  for (let t = WINDOW - 1; t < volume.length; t++) {
    let sum = 0;
    for (let k = 0; k < WINDOW; k++) sum += logs[t - k];
    const value = logs[t] - sum / WINDOW;
    relative[t] = Number.isFinite(value) ? value : 0;
  }
  return relative;
}
