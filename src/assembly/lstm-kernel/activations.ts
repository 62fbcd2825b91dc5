/**
 * tanh in single precision, four lanes: an odd polynomial over an even one, with the coefficients of Eigen's `ptanh`
 * (Eigen 3.4, MathFunctionsImpl.h). Absolute error below 3e-7. NaN stays NaN.
 *
 * The gates use it too, so that one division serves each activation.
 */
// @ts-ignore: decorator
@inline
export function tanh4(x: v128): v128 {
  // Beyond this tanh is 1 in single precision. pmin and pmax, unlike min and max, are one instruction each; with the
  // bound first, a NaN comes out of them unchanged.
  const bounded = f32x4.pmax(f32x4.pmin(x, f32x4.splat(7.90531110763549805)), f32x4.splat(-7.90531110763549805));
  const square = f32x4.mul(bounded, bounded);
  let numerator = f32x4.add(f32x4.mul(square, f32x4.splat(-2.76076847742355e-16)), f32x4.splat(2.00018790482477e-13));
  numerator = f32x4.add(f32x4.mul(square, numerator), f32x4.splat(-8.60467152213735e-11));
  numerator = f32x4.add(f32x4.mul(square, numerator), f32x4.splat(5.12229709037114e-8));
  numerator = f32x4.add(f32x4.mul(square, numerator), f32x4.splat(1.48572235717979e-5));
  numerator = f32x4.add(f32x4.mul(square, numerator), f32x4.splat(6.37261928875436e-4));
  numerator = f32x4.add(f32x4.mul(square, numerator), f32x4.splat(4.89352455891786e-3));
  let denominator = f32x4.add(f32x4.mul(square, f32x4.splat(1.19825839466702e-6)), f32x4.splat(1.18534705686654e-4));
  denominator = f32x4.add(f32x4.mul(square, denominator), f32x4.splat(2.268434632439e-3));
  denominator = f32x4.add(f32x4.mul(square, denominator), f32x4.splat(4.89352518554385e-3));
  return f32x4.div(f32x4.mul(bounded, numerator), denominator);
}

/** The logistic function as (1 + tanh(x / 2)) / 2. */
// @ts-ignore: decorator
@inline
export function sigmoid4(x: v128): v128 {
  const half = f32x4.splat(0.5);
  return f32x4.add(f32x4.mul(tanh4(f32x4.mul(x, half)), half), half);
}
