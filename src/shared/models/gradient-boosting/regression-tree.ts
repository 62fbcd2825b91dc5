import type { FeatureColumns } from './feature-matrix.ts';

/** In `features`: the node is a leaf. */
export const LEAF = -1;

/**
 * A regression tree, its nodes in preorder: the root is node 0, and the left child of a split is the node after it.
 *
 * All arrays have one element a node.
 */
export interface RegressionTree {
  /** The feature that is split on, or {@link LEAF}. */
  readonly features: Int16Array;
  /** Of a split: its threshold; a value below it goes left. Of a leaf: its value. */
  readonly values: Float64Array;
  /** Of a split: its right child. */
  readonly rights: Int16Array;
  /** Of a split: 1 when missing values go left. */
  readonly missingLeft: Uint8Array;
}

/** The value of the leaf that a row of `columns` falls into. */
export function predictTree(tree: RegressionTree, columns: FeatureColumns, row: number): number {
  const { features, values, rights, missingLeft } = tree;
  let node = 0;
  for (let feature = features[0]; feature !== LEAF; feature = features[node]) {
    const value = columns[feature][row];
    // A comparison with NaN is false.
    const left = value < values[node] || (missingLeft[node] === 1 && Number.isNaN(value));
    node = left ? node + 1 : rights[node];
  }
  return values[node];
}
