import { BIN_STRIDE, MISSING_BIN } from './feature-binning.ts';

/** What a split costs and must keep. */
export interface SplitRules {
  /** Penalty on the squared leaf values; 0 or more. */
  readonly lambda: number;
  /** Penalty on each further leaf; 0 or more. */
  readonly gamma: number;
  /** Sum of second derivatives that each child has at least. */
  readonly minimumChildWeight: number;
}

/** How a node is divided in two. */
export interface Split {
  readonly feature: number;
  /** Bins up to this one go left; the last bin there is when all that is not missing goes left. */
  readonly bin: number;
  /** Whether missing values go left. */
  readonly missingLeft: boolean;
}

/** Gains below this are rounding. */
const SMALLEST_GAIN = 1e-9;

/**
 * Finds the split that lowers the regularised loss most, from a node's histogram.
 *
 * The gain is (GL^2 / (HL + lambda) + GR^2 / (HR + lambda) - G^2 / (H + lambda)) / 2 - gamma (Chen and Guestrin 2016,
 * equation 7); missing values are tried on both sides (their algorithm 3). Of equal gains the first feature and the lowest
 * bin win.
 *
 * @param histogram first and second derivatives, summed by feature and bin: element 2 (feature x `BIN_STRIDE` + bin) and the next
 * @param features those that may be split on, ascending
 * @param binCounts bins by feature, without that of missing values
 * @param gradient G, the node's sum of first derivatives
 * @param hessian H, its sum of second derivatives
 * @returns null when no split gains anything
 */
export function findBestSplit(
  histogram: Float64Array,
  features: Int16Array,
  binCounts: Int32Array,
  gradient: number,
  hessian: number,
  rules: SplitRules,
): Split | null {
  const { lambda, gamma, minimumChildWeight } = rules;
  if (hessian < 2 * minimumChildWeight) return null;
  const before = (gradient * gradient) / (hessian + lambda);
  // A split is compared by its two fractions; they must outdo the one before, the price of a leaf and rounding.
  let best = before + 2 * (gamma + SMALLEST_GAIN);
  let bestFeature = -1;
  let bestBin = 0;
  let bestMissingLeft = false;
  for (const feature of features) {
    const first = 2 * feature * BIN_STRIDE;
    const missing = first + 2 * MISSING_BIN;
    const missingGradient = histogram[missing];
    const missingHessian = histogram[missing + 1];
    const someMissing = missingHessian > 0;
    // The last bin can be parted from missing values only.
    const lastBin = someMissing ? binCounts[feature] : binCounts[feature] - 1;
    let left = 0;
    let leftHessian = 0;
    for (let bin = 0; bin < lastBin; bin++) {
      const at = first + 2 * bin;
      if (histogram[at + 1] === 0) continue; // nothing there: the split is the one before
      left += histogram[at];
      leftHessian += histogram[at + 1];
      const right = gradient - left;
      const rightHessian = hessian - leftHessian;
      if (leftHessian >= minimumChildWeight && rightHessian >= minimumChildWeight) {
        const after = (left * left) / (leftHessian + lambda) + (right * right) / (rightHessian + lambda);
        if (after > best) {
          best = after;
          bestFeature = feature;
          bestBin = bin;
          // Missing values seen by the node went right; unseen ones go where most of the weight went.
          bestMissingLeft = !someMissing && leftHessian >= rightHessian;
        }
      }
      if (!someMissing) continue;
      const including = left + missingGradient;
      const includingHessian = leftHessian + missingHessian;
      const excluding = gradient - including;
      const excludingHessian = hessian - includingHessian;
      if (includingHessian >= minimumChildWeight && excludingHessian >= minimumChildWeight) {
        const after =
          (including * including) / (includingHessian + lambda) +
          (excluding * excluding) / (excludingHessian + lambda);
        if (after > best) {
          best = after;
          bestFeature = feature;
          bestBin = bin;
          bestMissingLeft = true;
        }
      }
    }
  }
  return bestFeature < 0 ? null : { feature: bestFeature, bin: bestBin, missingLeft: bestMissingLeft };
}
