/**
 * A fraction as a percentage for people, such as `1.23 %`. What those digits would round to zero is written with two that count,
 * down to a millionth of a per cent, so that a ratio beside it can be followed.
 *
 * @param digits after the point; default 2
 */
export function percentInWords(fraction: number, digits = 2): string {
  const percent = 100 * fraction;
  const text = percent.toFixed(digits);
  if (Number(text) !== 0) return `${text} %`;
  return `${Math.abs(percent) < 1e-6 ? (0).toFixed(digits) : percent.toPrecision(2)} %`;
}
