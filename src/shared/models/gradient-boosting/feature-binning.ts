import type { FeatureColumns, RowRange } from './feature-matrix.ts';

/** Bins of a feature at most; a missing value's bin is one more. */
export const MAXIMUM_BINS = 64;
/** The bin of a missing value. */
export const MISSING_BIN = MAXIMUM_BINS;
/** Places for a feature's bins in a histogram. */
export const BIN_STRIDE = MAXIMUM_BINS + 1;

/**
 * Where each feature is cut into bins: ascending thresholds, one fewer than the feature has bins. A value is in the bin whose
 * number is how many thresholds it reaches (`value >= threshold`). A feature that does not vary has no threshold.
 */
export type BinThresholds = readonly Float32Array[];

/**
 * Learns bins of about equally many rows, by feature; a bin for each value where there are no more values than bins.
 *
 * A threshold lies half-way between two neighbouring values that occur, so equal values are never parted.
 *
 * @param rows the rows to learn from
 * @param maximumBins 2 to {@link MAXIMUM_BINS}
 */
export function learnBinThresholds(
  columns: FeatureColumns,
  rows: RowRange,
  maximumBins: number = MAXIMUM_BINS,
): BinThresholds {
  return columns.map((column) => {
    const present = column.slice(rows.from, rows.to).filter((value) => !Number.isNaN(value));
    return thresholdsOf(present.sort(), maximumBins);
  });
}

function thresholdsOf(ascending: Float32Array, maximumBins: number): Float32Array {
  const n = ascending.length;
  const firsts: number[] = []; // ordinals at which another value begins
  for (let i = 1; i < n; i++) if (ascending[i] > ascending[i - 1]) firsts.push(i);
  let starts = firsts;
  if (firsts.length >= maximumBins) {
    // The first new value at or after each quantile; a run of equal values may swallow several quantiles.
    starts = [];
    let next = 0;
    for (let bin = 1; bin < maximumBins; bin++) {
      const quantile = (bin * n) / maximumBins;
      while (next < firsts.length && firsts[next] < quantile) next++;
      if (next < firsts.length && firsts[next] !== starts.at(-1)) starts.push(firsts[next]);
    }
  }
  return Float32Array.from(starts, (start) => {
    const [below, above] = [ascending[start - 1], ascending[start]];
    const middle = Math.fround(below / 2 + above / 2);
    // Between neighbouring floats there is none: the lower one must stay below.
    return middle > below ? middle : above;
  });
}

/** The bin of every value: row-major, a byte each. */
export function binFeatures(columns: FeatureColumns, thresholds: BinThresholds): Uint8Array {
  const width = columns.length;
  const rows = width === 0 ? 0 : columns[0].length;
  const bins = new Uint8Array(rows * width);
  for (let j = 0; j < width; j++) {
    for (let i = 0; i < rows; i++) bins[i * width + j] = binOf(columns[j][i], thresholds[j]);
  }
  return bins;
}

function binOf(value: number, thresholds: Float32Array): number {
  if (Number.isNaN(value)) return MISSING_BIN;
  let low = 0;
  let high = thresholds.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (value >= thresholds[middle]) low = middle + 1;
    else high = middle;
  }
  return low;
}
