/**
 * Continuous ranked probability score of a sample: that of the sample's own step distribution, which is
 * mean |x - y| - mean |x - x'| / 2 over all pairs (Gneiting and Raftery 2007, eq. 21, with the sign turned), in
 * O(n log n) by sorting (Jordan, Krueger and Lerch 2019, eq. 9). In the outcome's unit, smaller is better.
 *
 * Of a finite sample it is larger than of the distribution drawn from, by about half the mean distance of two draws over n.
 *
 * @param samples in any order, at least one, finite
 * @throws RangeError without samples or when one of them or the outcome is not finite
 */
export function crpsFromSamples(samples: Float64Array, outcome: number): number {
  const n = samples.length;
  if (n === 0) throw new RangeError('A sample forecast needs at least one sample.');
  if (!Number.isFinite(outcome)) throw new RangeError(`The outcome must be finite, not ${outcome}.`);
  const sorted = samples.slice().sort();
  // Sorted, an infinite value is at an end; NaN is last.
  if (!Number.isFinite(sorted[0]) || !Number.isFinite(sorted[n - 1])) {
    throw new RangeError('Every sample must be finite.');
  }
  let sum = 0;
  for (let i = 0; i < n; i++) {
    sum += (sorted[i] - outcome) * ((outcome < sorted[i] ? n : 0) - i - 0.5);
  }
  return (2 * sum) / (n * n);
}
