/**
 * Place of the known return whose predecessors are nearest (Euclidean distance) to those before place `at`; a known place finds itself.
 *
 * @param length predecessors that are compared
 * @param first place of the first known return that has as many
 */
export function nearestPattern(
  known: Float64Array,
  returns: Float64Array,
  at: number,
  length: number,
  first = length,
): number {
  let nearest = first;
  let smallest = Number.POSITIVE_INFINITY;
  for (let other = first; other < known.length && smallest > 0; other++) {
    let distance = 0;
    for (let lag = 1; lag <= length && distance < smallest; lag++) {
      const difference = returns[at - lag] - known[other - lag];
      distance += difference * difference;
    }
    if (distance < smallest) {
      smallest = distance;
      nearest = other;
    }
  }
  return nearest;
}
