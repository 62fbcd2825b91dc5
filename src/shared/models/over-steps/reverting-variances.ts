/**
 * Variances of the next steps that return from the first one's to their long-run mean, the distance from it shrinking
 * by the same factor with each step.
 *
 * @param persistence what is left of the distance after a step, 0 to below 1
 */
export function revertingVariances(
  steps: number,
  firstVariance: number,
  longRunVariance: number,
  persistence: number,
): Float64Array {
  const variances = new Float64Array(steps);
  let excess = firstVariance - longRunVariance;
  for (let step = 0; step < steps; step++) {
    variances[step] = longRunVariance + excess;
    excess *= persistence;
  }
  return variances;
}
