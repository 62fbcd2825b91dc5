/**
 * Area under the receiver operating characteristic: how often a positive has a larger score than a negative, ties counting half (the
 * statistic of Mann and Whitney 1947 over the number of pairs). NaN without either.
 */
export function areaUnderCurve(positives: readonly number[], negatives: readonly number[]): number {
  const ascending = Float64Array.from(negatives).sort();
  const below = (score: number, orEqual: boolean) => {
    let low = 0;
    let high = ascending.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (ascending[middle] < score || (orEqual && ascending[middle] === score)) low = middle + 1;
      else high = middle;
    }
    return low;
  };
  let wins = 0;
  for (const score of positives) wins += (below(score, false) + below(score, true)) / 2;
  return wins / (positives.length * negatives.length);
}
