import ln from '@stdlib/math-base-special-ln';

const LN_TWO_PI = 1.8378770664093453;

/** What is left of the likelihood when mean and innovation variance take their best values. */
export interface ConcentratedLikelihood {
  readonly logLikelihood: number;
  readonly mean: number;
  /** Innovation variance. */
  readonly variance: number;
  /** Derivatives of the log-likelihood by ar and by ma. */
  readonly gradient: readonly [ar: number, ma: number];
}

/**
 * The exact Gaussian log-likelihood of an ARMA(1, 1) and its gradient, in two passes over the data.
 *
 * The Kalman filter in scalars: beside the data only the newest shock e(t) is unknown, with mean m and variance V given the
 * data so far (in units of the innovation variance), so that
 *
 *     v(t+1) = y(t+1) - ar y(t) - ma m(t),   F(t+1) = 1 + ma^2 V(t),   m = v / F,   V = 1 - 1 / F,
 *
 * starting from the stationary v(1) = y(1), F(1) = (1 + 2 ar ma + ma^2) / (1 - ar^2). The first pass finds the mean by
 * generalised least squares; the second differentiates the recursion at that mean, which by the envelope theorem gives the
 * gradient of the concentrated likelihood.
 */
export function arma11Likelihood(y: Float64Array, ar: number, ma: number): ConcentratedLikelihood {
  const n = y.length;
  const mean = generalisedMean(y, ar, ma);

  const denominator = 1 - ar * ar;
  let f = (1 + 2 * ar * ma + ma * ma) / denominator;
  let fAr = (2 * ma + 2 * ar * f) / denominator;
  let fMa = (2 * ar + 2 * ma) / denominator;
  let v = y[0] - mean;
  let vAr = 0;
  let vMa = 0;
  let squares = 0;
  let squaresAr = 0;
  let squaresMa = 0;
  let logF = 0;
  let logFAr = 0;
  let logFMa = 0;
  let product = 1;
  for (let t = 0; ; t++) {
    const inverse = 1 / f;
    const m = v * inverse;
    squares += v * m;
    squaresAr += 2 * m * vAr - m * m * fAr;
    squaresMa += 2 * m * vMa - m * m * fMa;
    // One logarithm for many factors: ln of the product is the sum of the ln.
    product *= f;
    if (product > 1e100) {
      logF += ln(product);
      product = 1;
    }
    logFAr += fAr * inverse;
    logFMa += fMa * inverse;
    if (t === n - 1) break;

    const deviation = y[t] - mean;
    const mAr = (vAr - m * fAr) * inverse;
    const mMa = (vMa - m * fMa) * inverse;
    v = y[t + 1] - mean - ar * deviation - ma * m;
    vAr = -deviation - ma * mAr;
    vMa = -m - ma * mMa;
    const shockVariance = 1 - inverse;
    const shockVarianceAr = fAr * inverse * inverse;
    const shockVarianceMa = fMa * inverse * inverse;
    f = 1 + ma * ma * shockVariance;
    fAr = ma * ma * shockVarianceAr;
    fMa = 2 * ma * shockVariance + ma * ma * shockVarianceMa;
  }
  logF += ln(product);
  const variance = squares / n;
  return {
    mean,
    variance,
    logLikelihood: -0.5 * (n * (LN_TWO_PI + ln(variance) + 1) + logF),
    gradient: [-0.5 * (squaresAr / variance + logFAr), -0.5 * (squaresMa / variance + logFMa)],
  };
}

/** The mean of largest likelihood: y and a constant 1 go through the same filter, then one is regressed on the other. */
function generalisedMean(y: Float64Array, ar: number, ma: number): number {
  let f = (1 + 2 * ar * ma + ma * ma) / (1 - ar * ar);
  let v = y[0];
  let one = 1;
  let numerator = 0;
  let denominator = 0;
  for (let t = 0; ; t++) {
    const inverse = 1 / f;
    numerator += v * one * inverse;
    denominator += one * one * inverse;
    if (t === y.length - 1) break;
    v = y[t + 1] - ar * y[t] - ma * v * inverse;
    one = 1 - ar - ma * one * inverse;
    f = 1 + ma * ma * (1 - inverse);
  }
  return numerator / denominator;
}
