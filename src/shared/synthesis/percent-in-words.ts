/** A fraction as a percentage for people, such as `1.23 %`. @param digits after the point; default 2 */
export function percentInWords(fraction: number, digits = 2): string {
  return `${(100 * fraction).toFixed(digits)} %`;
}
