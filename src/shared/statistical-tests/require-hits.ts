/** Checks a sequence of hits. @throws RangeError unless every element is 0 or 1 and there are at least `minimum` */
export function requireHits(hits: ArrayLike<number>, minimum: number): void {
  if (hits.length < minimum)
    throw new RangeError(`The test needs at least ${minimum} bars, got ${hits.length}`);
  for (let t = 0; t < hits.length; t++) {
    if (hits[t] !== 0 && hits[t] !== 1) throw new RangeError(`A hit is 0 or 1, not ${hits[t]} (bar ${t})`);
  }
}
