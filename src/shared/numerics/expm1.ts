import tanh from '@stdlib/math-base-special-tanh';

/** exp(x) - 1 for x up to 1, exact for small x too: 2 t / (1 - t), where t is tanh(x / 2). */
export function expm1(x: number): number {
  const t = tanh(0.5 * x);
  return (2 * t) / (1 - t);
}
