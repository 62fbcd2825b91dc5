import { findBestSplit, type SplitRules } from './best-split.ts';
import { BIN_STRIDE, type BinThresholds, MISSING_BIN } from './feature-binning.ts';
import { LEAF, type RegressionTree } from './regression-tree.ts';

/** How a tree is grown. */
export interface TreeRules extends SplitRules {
  /** Splits from the root to a leaf at most; 1 to 8. */
  readonly depth: number;
  /** What a leaf's value is multiplied by: the shrinkage. */
  readonly learningRate: number;
}

/** A training set in bins, and room to grow trees on it. */
export class TreeGrower {
  readonly #bins: Uint8Array;
  readonly #thresholds: BinThresholds;
  readonly #width: number;
  readonly #binCounts: Int32Array;
  readonly #rules: TreeRules;
  readonly #histogram: Float64Array;

  /**
   * @param bins row-major, see `binFeatures`
   * @param thresholds of the bins
   */
  constructor(bins: Uint8Array, thresholds: BinThresholds, rules: TreeRules) {
    this.#bins = bins;
    this.#thresholds = thresholds;
    this.#width = thresholds.length;
    this.#binCounts = Int32Array.from(thresholds, ({ length }) => length + 1);
    this.#rules = rules;
    this.#histogram = new Float64Array(2 * BIN_STRIDE * thresholds.length);
  }

  /**
   * Grows a tree that lowers a loss, of which each row has a first and second derivative by its prediction.
   *
   * A leaf's value is -G / (H + lambda) (Chen and Guestrin 2016, equation 5) times the learning rate. A node is split as long
   * as that gains something and the depth allows it.
   *
   * @param rows those to grow it on; the order is lost
   * @param features those that may be split on, ascending
   * @param gradient first derivatives, by row of the whole set
   * @param hessian second derivatives, never negative
   */
  grow(
    rows: Int32Array,
    features: Int16Array,
    gradient: Float64Array,
    hessian: Float64Array,
  ): RegressionTree {
    const nodes: { feature: number; value: number; right: number; missingLeft: boolean }[] = [];
    const { depth, lambda, learningRate } = this.#rules;
    const growNode = (from: number, to: number, splitsLeft: number): void => {
      let g = 0;
      let h = 0;
      for (let i = from; i < to; i++) {
        g += gradient[rows[i]];
        h += hessian[rows[i]];
      }
      const split =
        splitsLeft > 0 ? this.#findSplit(rows, from, to, features, gradient, hessian, g, h) : null;
      if (split === null) {
        const value = h + lambda > 0 ? (-g / (h + lambda)) * learningRate : 0;
        nodes.push({ feature: LEAF, value, right: 0, missingLeft: false });
        return;
      }
      const { feature, bin, missingLeft } = split;
      const thresholds = this.#thresholds[feature];
      const value = bin < thresholds.length ? thresholds[bin] : Number.POSITIVE_INFINITY;
      const node = { feature, value, right: 0, missingLeft };
      nodes.push(node);
      const middle = this.#partition(rows, from, to, feature, bin, missingLeft);
      growNode(from, middle, splitsLeft - 1);
      node.right = nodes.length;
      growNode(middle, to, splitsLeft - 1);
    };
    growNode(0, rows.length, depth);
    return {
      features: Int16Array.from(nodes, ({ feature }) => feature),
      values: Float64Array.from(nodes, ({ value }) => value),
      rights: Int16Array.from(nodes, ({ right }) => right),
      missingLeft: Uint8Array.from(nodes, ({ missingLeft }) => (missingLeft ? 1 : 0)),
    };
  }

  #findSplit(
    rows: Int32Array,
    from: number,
    to: number,
    features: Int16Array,
    gradient: Float64Array,
    hessian: Float64Array,
    g: number,
    h: number,
  ) {
    if (h < 2 * this.#rules.minimumChildWeight) return null;
    this.#fillHistogram(rows, from, to, features, gradient, hessian);
    return findBestSplit(this.#histogram, features, this.#binCounts, g, h, this.#rules);
  }

  #fillHistogram(
    rows: Int32Array,
    from: number,
    to: number,
    features: Int16Array,
    gradient: Float64Array,
    hessian: Float64Array,
  ): void {
    const histogram = this.#histogram;
    const bins = this.#bins;
    const width = this.#width;
    const count = features.length;
    histogram.fill(0);
    for (let i = from; i < to; i++) {
      const row = rows[i];
      const g = gradient[row];
      const h = hessian[row];
      const first = row * width;
      for (let k = 0; k < count; k++) {
        const feature = features[k];
        const at = 2 * (feature * BIN_STRIDE + bins[first + feature]);
        histogram[at] += g;
        histogram[at + 1] += h;
      }
    }
  }

  /** Rows that go left before those that go right, each in their order. @returns where the right ones begin */
  #partition(
    rows: Int32Array,
    from: number,
    to: number,
    feature: number,
    bin: number,
    missingLeft: boolean,
  ): number {
    const bins = this.#bins;
    const width = this.#width;
    const right: number[] = [];
    let middle = from;
    for (let i = from; i < to; i++) {
      const row = rows[i];
      const found = bins[row * width + feature];
      if (found === MISSING_BIN ? missingLeft : found <= bin) rows[middle++] = row;
      else right.push(row);
    }
    rows.set(right, middle);
    return middle;
  }
}
