import digamma from '@stdlib/math-base-special-digamma';
import gammaln from '@stdlib/math-base-special-gammaln';
import ln from '@stdlib/math-base-special-ln';

const LN_PI = 1.1447298858494002;
const LN_TWO_PI = 1.8378770664093453;

/** The distribution of a standardised residual: both have variance 1. */
export type Innovations = 'normal' | 't';

/** Places of the parameters in vectors. */
export const MU = 0;
export const OMEGA = 1;
export const ALPHA = 2;
export const GAMMA = 3;
export const BETA = 4;
/** Degrees of freedom, above 2; unused (and its gradient 0) when innovations are normal. */
export const NU = 5;
export const GARCH_PARAMETERS = 6;

/**
 * The negative log-likelihood of GJR-GARCH(1,1) with a constant mean, and its analytic gradient, in one pass.
 *
 * The recursion starts at the mean squared residual (see `GarchModel`), which depends on mu: the gradient says so. Normal:
 * Fiorentini, Calzolari and Panattoni (1996); t: Bollerslev (1987), standardised to variance 1.
 *
 * @param y observations
 * @param parameters mu, omega, alpha, gamma, beta, nu (see the places above)
 * @param gradient receives the derivatives by `parameters`
 * @returns Infinity where a variance is not positive or not finite
 */
export function garchNegativeLogLikelihood(
  y: Float64Array,
  parameters: Float64Array,
  innovations: Innovations,
  gradient: Float64Array,
): number {
  const n = y.length;
  const mu = parameters[MU];
  const omega = parameters[OMEGA];
  const alpha = parameters[ALPHA];
  const gamma = parameters[GAMMA];
  const beta = parameters[BETA];
  const student = innovations === 't';
  const nu = parameters[NU];
  const spread = nu - 2;

  let presample = 0;
  let meanResidual = 0;
  for (let t = 0; t < n; t++) {
    const e = y[t] - mu;
    presample += e * e;
    meanResidual += e;
  }
  presample /= n;
  meanResidual /= n;

  const persistence = alpha + 0.5 * gamma + beta;
  let h = omega + persistence * presample;
  let hMu = -2 * persistence * meanResidual;
  let hOmega = 1;
  let hAlpha = presample;
  let hGamma = 0.5 * presample;
  let hBeta = presample;

  let squares = 0; // sum of e^2 / h, for the normal
  let logs = 0; // sum of ln h
  let logProduct = 1;
  let tailLogs = 0; // sum of ln(1 + e^2 / (h (nu - 2))), for the t
  let tailProduct = 1;
  let gMu = 0;
  let gOmega = 0;
  let gAlpha = 0;
  let gGamma = 0;
  let gBeta = 0;
  let gNu = 0;
  for (let t = 0; t < n; t++) {
    if (!(h > 0) || h === Number.POSITIVE_INFINITY) return Number.POSITIVE_INFINITY;
    const e = y[t] - mu;
    const square = e * e;
    const inverse = 1 / h;
    let byH: number; // derivative of the negative log-density by h
    if (student) {
      const u = (square * inverse) / spread;
      const weight = (nu + 1) / (1 + u);
      byH = 0.5 * inverse * (1 - weight * u);
      gMu -= (weight * e * inverse) / spread;
      gNu -= weight * u;
      tailProduct *= 1 + u;
    } else {
      const z2 = square * inverse;
      squares += z2;
      byH = 0.5 * inverse * (1 - z2);
      gMu -= e * inverse;
    }
    // One logarithm for many factors: ln of the product is the sum of the ln.
    logProduct *= h;
    if (logProduct > 1e100 || logProduct < 1e-100 || tailProduct > 1e100) {
      logs += ln(logProduct);
      tailLogs += ln(tailProduct);
      logProduct = 1;
      tailProduct = 1;
    }
    gMu += byH * hMu;
    gOmega += byH * hOmega;
    gAlpha += byH * hAlpha;
    gGamma += byH * hGamma;
    gBeta += byH * hBeta;

    const negative = e < 0;
    const reaction = negative ? alpha + gamma : alpha;
    hMu = -2 * reaction * e + beta * hMu;
    hOmega = 1 + beta * hOmega;
    hAlpha = square + beta * hAlpha;
    hGamma = (negative ? square : 0) + beta * hGamma;
    hBeta = h + beta * hBeta;
    h = omega + reaction * square + beta * h;
  }
  logs += ln(logProduct);
  tailLogs += ln(tailProduct);

  gradient[MU] = gMu;
  gradient[OMEGA] = gOmega;
  gradient[ALPHA] = gAlpha;
  gradient[GAMMA] = gGamma;
  gradient[BETA] = gBeta;
  gradient[NU] = 0;
  if (!student) return 0.5 * (n * LN_TWO_PI + logs + squares);
  const half = 0.5 * nu;
  gradient[NU] = 0.5 * (n * (digamma(half) - digamma(half + 0.5) + 1 / spread) + tailLogs + gNu / spread);
  const constant = gammaln(half) - gammaln(half + 0.5) + 0.5 * (LN_PI + ln(spread));
  return n * constant + 0.5 * logs + 0.5 * (nu + 1) * tailLogs;
}
