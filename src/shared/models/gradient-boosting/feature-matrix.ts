/** Features by column, all of one length. NaN is a missing value. */
export type FeatureColumns = readonly Float32Array[];

/** Rows of a matrix of features: the ordinal of the first and of the one after the last. */
export interface RowRange {
  readonly from: number;
  readonly to: number;
}
