/**
 * @param batch samples at most; @param lookback bars of a sample; @param bars in the data
 * @throws RangeError for too many samples, none, or one whose `lookback` bars are not all in the data
 */
export function requireSamples(samples: Int32Array, batch: number, lookback: number, bars: number): void {
  if (samples.length === 0 || samples.length > batch) {
    throw new RangeError(`${samples.length} samples in a batch of 1 to ${batch}`);
  }
  for (const sample of samples) {
    if (sample >= lookback - 1 && sample < bars) continue;
    throw new RangeError(
      `A sample ends at bar ${sample}: of ${bars} bars it must be one from ${lookback - 1} on`,
    );
  }
}
