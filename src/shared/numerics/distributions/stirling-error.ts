/**
 * What Stirling's formula leaves of ln Gamma(a): ln Gamma(a) - (a - 1/2) ln(a) + a - ln(2 pi) / 2 (DLMF 5.11.1).
 *
 * @param a at least 10, where the series is exact to 1e-16
 */
export function stirlingError(a: number): number {
  const s = 1 / (a * a);
  const tail = 1 / 1188 - s * (691 / 360360 - s * (1 / 156 - s * (3617 / 122400)));
  return (1 / 12 - s * (1 / 360 - s * (1 / 1260 - s * (1 / 1680 - s * tail)))) / a;
}
