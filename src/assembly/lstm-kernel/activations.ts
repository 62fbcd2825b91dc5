/**
 * The constants of {@link tanh4} and {@link sigmoid4}. In memory, not in the code: V8 builds a constant vector anew each time,
 * with four instructions and through integer registers, where a load that is known to be in bounds is one.
 *
 * The numerator's coefficients of 1, x^2, x^4, x^6, the denominator's of x^2 to x^8 (that of 1 is 1), and the bound of x.
 */
// prettier-ignore
const TANH: usize = memory.data<f32>([
  0.9999994257616225, 0.12922686938612607, 0.0029485131327798026, 1.141469341312335e-5,
  0.4625580749681693, 0.023803518341863294, 0.00023839561975893707, 2.4572452792205674e-7,
  7.9, -7.9, 1,
]);

/** Those of tanh(x / 2) / 2: powers of two apart, so that nothing is rounded. */
// prettier-ignore
const HALF_TANH: usize = memory.data<f32>([
  0.9999994257616225 / 4, 0.12922686938612607 / 16, 0.0029485131327798026 / 64, 1.141469341312335e-5 / 256,
  0.4625580749681693 / 4, 0.023803518341863294 / 16, 0.00023839561975893707 / 64, 2.4572452792205674e-7 / 256,
  15.8, -15.8, 1,
]);

const HALF: usize = memory.data<f32>([0.5]);

/**
 * An odd rational function, four lanes. NaN stays NaN.
 *
 * @param table as {@link TANH}
 */
// @ts-ignore: decorator
@inline
function oddRational(x: v128, table: usize): v128 {
  // pmin and pmax, unlike min and max, are one instruction each; with the value first, a NaN comes out of them unchanged.
  const upper = v128.load32_splat(table, 32);
  const lower = v128.load32_splat(table, 36);
  const bounded = f32x4.pmax(f32x4.pmin(x, upper), lower);
  const square = f32x4.mul(bounded, bounded);
  let numerator = v128.load32_splat(table, 12);
  numerator = f32x4.add(f32x4.mul(numerator, square), v128.load32_splat(table, 8));
  numerator = f32x4.add(f32x4.mul(numerator, square), v128.load32_splat(table, 4));
  numerator = f32x4.add(f32x4.mul(numerator, square), v128.load32_splat(table));
  let denominator = v128.load32_splat(table, 28);
  denominator = f32x4.add(f32x4.mul(denominator, square), v128.load32_splat(table, 24));
  denominator = f32x4.add(f32x4.mul(denominator, square), v128.load32_splat(table, 20));
  denominator = f32x4.add(f32x4.mul(denominator, square), v128.load32_splat(table, 16));
  denominator = f32x4.add(f32x4.mul(denominator, square), v128.load32_splat(table, 40));
  return f32x4.div(f32x4.mul(bounded, numerator), denominator);
}

/**
 * tanh in single precision, four lanes: an odd rational function of degrees 7 and 8, fitted by ourselves to the least largest
 * error on -7.9 to 7.9 (Lawson's algorithm). Absolute error below 5e-7, absolute value below 1. NaN stays NaN.
 */
// @ts-ignore: decorator
@inline
export function tanh4(x: v128): v128 {
  return oddRational(x, TANH);
}

/** The logistic function as 1/2 + tanh(x / 2) / 2, as exact as {@link tanh4}. */
// @ts-ignore: decorator
@inline
export function sigmoid4(x: v128): v128 {
  return f32x4.add(oddRational(x, HALF_TANH), v128.load32_splat(HALF));
}
