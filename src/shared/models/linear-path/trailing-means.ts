/**
 * Of each element the mean of the last `window` up to it, of those that are numbers and there; NaN where the element
 * itself is no number. A value that came in between late or never leaves the others' mean.
 */
export function trailingMeans(values: Float64Array, window: number): Float64Array {
  return values.map((value, t) => {
    if (Number.isNaN(value)) return Number.NaN;
    let sum = 0;
    let count = 0;
    for (let i = Math.max(0, t - window + 1); i <= t; i++) {
      if (Number.isNaN(values[i])) continue;
      sum += values[i];
      count++;
    }
    return sum / count;
  });
}
