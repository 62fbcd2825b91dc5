/**
 * P values of several tests, adjusted so that rejecting what is at most `level` makes one false rejection or more among all of
 * them with at most that probability, however the tests depend on one another (Holm 1979), as R's `p.adjust(method = "holm")`.
 *
 * @returns in the order given
 */
export function holmAdjusted(pValues: readonly number[]): number[] {
  const adjusted: number[] = new Array(pValues.length);
  let largest = 0;
  [...pValues.keys()]
    .sort((a, b) => pValues[a] - pValues[b])
    .forEach((test, rank) => {
      largest = Math.max(largest, Math.min(1, (pValues.length - rank) * pValues[test]));
      adjusted[test] = largest;
    });
  return adjusted;
}
