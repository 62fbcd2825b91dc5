import digamma from '@stdlib/math-base-special-digamma';
import gammaln from '@stdlib/math-base-special-gammaln';
import ln from '@stdlib/math-base-special-ln';
import { LN_PI } from '../../numerics/constants.ts';
import type { InnovationDistribution } from './innovation-distribution.ts';

/**
 * Student t innovations scaled to variance 1 (Bollerslev 1987): with u = e^2 / ((nu - 2) h), the log density of a
 * residual is ln G((nu + 1) / 2) - ln G(nu / 2) - ln(pi (nu - 2) h) / 2 - (nu + 1) / 2 ln(1 + u).
 */
export const studentTInnovations: InnovationDistribution = {
  name: 't',

  logDensity(residual, variance, nu) {
    const u = (residual * residual) / ((nu - 2) * variance);
    return -normalisation(nu) - 0.5 * ln(variance) - 0.5 * (nu + 1) * ln(1 + u);
  },

  negativeLogLikelihood(residuals, variances, nu, byResidual, byVariance) {
    const n = residuals.length;
    const inverseSpread = 1 / (nu - 2);
    let logs = 0; // sum of ln h
    let tailLogs = 0; // sum of ln(1 + u)
    let product = 1;
    let tailProduct = 1;
    let weights = 0;
    for (let t = 0; t < n; t++) {
      const h = variances[t];
      const e = residuals[t];
      const inverse = 1 / h;
      const pull = e * inverse * inverseSpread;
      const u = e * pull;
      const weight = (nu + 1) / (1 + u);
      weights += weight * u;
      byResidual[t] = weight * pull;
      byVariance[t] = 0.5 * inverse * (1 - weight * u);
      // One logarithm for many factors: ln of the product is the sum of the ln.
      product *= h;
      tailProduct *= 1 + u;
      if (product > 1e100 || product < 1e-100 || tailProduct > 1e100) {
        logs += ln(product);
        tailLogs += ln(tailProduct);
        product = 1;
        tailProduct = 1;
      }
    }
    logs += ln(product);
    tailLogs += ln(tailProduct);
    const half = 0.5 * nu;
    return {
      value: n * normalisation(nu) + 0.5 * logs + 0.5 * (nu + 1) * tailLogs,
      byNu:
        0.5 *
        (n * (digamma(half) - digamma(half + 0.5) + inverseSpread) + tailLogs - weights * inverseSpread),
    };
  },
};

/** What the negative log density holds beside the residual and its variance. */
function normalisation(nu: number): number {
  const half = 0.5 * nu;
  return gammaln(half) - gammaln(half + 0.5) + 0.5 * (LN_PI + ln(nu - 2));
}
