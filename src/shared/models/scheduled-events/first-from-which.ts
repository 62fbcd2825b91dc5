/**
 * The first place from 0 to `length` - 1 from which on something holds; `length` where it does nowhere.
 *
 * @param holds false up to some place, true from there on
 */
export function firstFromWhich(length: number, holds: (place: number) => boolean): number {
  let low = 0;
  let high = length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (holds(middle)) high = middle;
    else low = middle + 1;
  }
  return low;
}
