/**
 * Scales `gradient` in place so that its Euclidean norm is at most `limit` (Pascanu, Mikolov and Bengio 2013).
 *
 * @returns the norm before; not finite when the gradient is not
 */
export function clipGradient(gradient: Float64Array, limit: number): number {
  let squares = 0;
  for (let i = 0; i < gradient.length; i++) squares += gradient[i] * gradient[i];
  const norm = Math.sqrt(squares);
  if (norm > limit) {
    const factor = limit / norm;
    for (let i = 0; i < gradient.length; i++) gradient[i] *= factor;
  }
  return norm;
}
