import { FitError } from '../../errors/fit-error.ts';
import type { Json } from '../../json.ts';
import { decodeFloat64, encodeFloat64 } from '../../numerics/float64-codec.ts';
import type { FeatureColumns } from './feature-matrix.ts';
import { LEAF, predictTree, type RegressionTree } from './regression-tree.ts';

/** A sum of trees. */
export interface BoostedTrees {
  /** The prediction without trees. */
  readonly base: number;
  /** Their leaves hold the shrinkage already. */
  readonly trees: readonly RegressionTree[];
}

/** The prediction for a row of `columns`. */
export function predictBoosted({ base, trees }: BoostedTrees, columns: FeatureColumns, row: number): number {
  let prediction = base;
  for (const tree of trees) prediction += predictTree(tree, columns, row);
  return prediction;
}

/**
 * Trees as JSON, to the bit: `nodes` has a number for each node of the trees in preorder: -1 for a leaf, else twice the
 * feature, and one more when missing values go left; `values` the leaves' values and the splits' thresholds.
 */
export function encodeTrees(trees: readonly RegressionTree[]): Json {
  return {
    nodes: trees.map(({ features, missingLeft }) =>
      Array.from(features, (feature, node) => (feature === LEAF ? LEAF : 2 * feature + missingLeft[node])),
    ),
    values: encodeFloat64(Float64Array.from(trees.flatMap(({ values }) => [...values]))),
  };
}

/**
 * The inverse of {@link encodeTrees}.
 *
 * @param featureCount features that a split may name
 * @throws FitError `invalid_artifact`
 */
export function decodeTrees(json: Json, featureCount: number): RegressionTree[] {
  const { nodes, values: text } = (json ?? {}) as { nodes?: unknown; values?: unknown };
  if (!Array.isArray(nodes) || typeof text !== 'string') throw invalid('nodes or values are missing');
  let values: Float64Array;
  try {
    values = decodeFloat64(text);
  } catch (error) {
    throw invalid((error as Error).message);
  }
  let start = 0;
  const trees = nodes.map((codes: unknown) => {
    if (!Array.isArray(codes)) throw invalid('a tree is no list of nodes');
    const tree = decodeTree(codes, values.slice(start, start + codes.length), featureCount);
    start += codes.length;
    return tree;
  });
  if (start !== values.length) throw invalid(`${start} nodes have ${values.length} values`);
  return trees;
}

function decodeTree(codes: readonly unknown[], values: Float64Array, featureCount: number): RegressionTree {
  const count = codes.length;
  if (values.length !== count) throw invalid('nodes have no values');
  const features = new Int16Array(count);
  const rights = new Int16Array(count);
  const missingLeft = new Uint8Array(count);
  /** Reads the subtree that begins at a node. @returns the node after it */
  const readFrom = (node: number): number => {
    const code = codes[node];
    if (!Number.isInteger(code) || (code as number) < LEAF || (code as number) >= 2 * featureCount) {
      throw invalid(`node ${node} of a tree is ${code}`);
    }
    if (code === LEAF) {
      if (!Number.isFinite(values[node])) throw invalid(`leaf ${node} of a tree is ${values[node]}`);
      features[node] = LEAF;
      return node + 1;
    }
    if (Number.isNaN(values[node])) throw invalid(`threshold ${node} of a tree is not a number`);
    features[node] = (code as number) >> 1;
    missingLeft[node] = (code as number) & 1;
    rights[node] = readFrom(node + 1);
    return readFrom(rights[node]);
  };
  if (readFrom(0) !== count) throw invalid('a tree has nodes that no split leads to');
  return { features, values, rights, missingLeft };
}

function invalid(reason: string): FitError {
  return new FitError('invalid_artifact', `Not boosted trees: ${reason}`);
}
