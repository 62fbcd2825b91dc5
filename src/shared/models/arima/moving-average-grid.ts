import { partialFromAr } from './partial-autocorrelations.ts';

/** The second of two real roots. */
const SECOND_ROOTS: readonly number[] = [-0.97, -0.6, 0, 0.6, 0.97];
/**
 * Complex pairs: their modulus, and how many angles between 0 and pi; the nearer to the unit circle, the narrower a
 * maximum.
 */
const COMPLEX_PAIRS: readonly (readonly [modulus: number, angles: number])[] = [
  [0.5, 4],
  [0.75, 8],
  [0.9, 16],
  [0.97, 32],
];

/**
 * A grid of invertible moving averages by the partial autocorrelations of their negatives: for q = 1 of one real root
 * (the inverse of a zero of the polynomial), otherwise of two real ones or a complex pair, whatever is beyond being 0.
 * Towards the unit circle the points move together as the likelihood of `n` values gets narrower: the odds (1 + root) /
 * (1 - root) are powers of 2 or 3. For q = 1 the grid ascends.
 */
export function movingAverageGrid(q: number, n: number): Float64Array[] {
  if (q === 0) return [new Float64Array(0)];
  if (q === 1) return realRoots(2, n).map((root) => Float64Array.of(root));
  const grid: Float64Array[] = [];
  const addPair = (sum: number, product: number) => {
    const partial = new Float64Array(q);
    partial.set(partialFromAr(Float64Array.of(sum, -product))!);
    grid.push(partial);
  };
  for (const first of realRoots(3, n)) {
    for (const second of SECOND_ROOTS) addPair(first + second, first * second);
  }
  for (const [modulus, angles] of COMPLEX_PAIRS) {
    if (modulus > 1 - 4 / n) continue;
    for (const cosine of cosines(angles)) addPair(2 * modulus * cosine, modulus * modulus);
  }
  return grid;
}

/** Ascending roots, 0 and those whose odds are powers of `factor`, of either sign, up to 1 - 2 / n. */
function realRoots(factor: number, n: number): number[] {
  const roots: number[] = [];
  for (let odds = factor; odds < n - 1; odds *= factor) roots.push((odds - 1) / (odds + 1));
  roots.push(1 - 2 / n);
  return [...roots.map((root) => -root).reverse(), 0, ...roots];
}

/** cos((k + 1/2) pi / count) for k from 0 to count - 1; `count` is a power of 2. */
function cosines(count: number): number[] {
  let half = 0;
  for (let m = 1; m < count; m *= 2) half = Math.sqrt((1 + half) / 2);
  const step = 2 * half * half - 1;
  const values: number[] = [];
  let previous = half;
  let current = half;
  for (let k = 0; k < count; k++) {
    values.push(current);
    [previous, current] = [current, 2 * step * current - previous];
  }
  return values;
}
