import ln from '@stdlib/math-base-special-ln';
import { LN_TWO_PI } from '../../numerics/constants.ts';
import type { InnovationDistribution } from './innovation-distribution.ts';

/** Normal innovations: the log density of a residual is -(ln 2 pi + ln h + e^2 / h) / 2. */
export const normalInnovations: InnovationDistribution = {
  name: 'normal',

  logDensity: (residual, variance) => -0.5 * (LN_TWO_PI + ln(variance) + (residual * residual) / variance),

  negativeLogLikelihood(residuals, variances, _nu, byResidual, byVariance) {
    const n = residuals.length;
    let squares = 0;
    let logs = 0;
    let product = 1;
    for (let t = 0; t < n; t++) {
      const h = variances[t];
      const e = residuals[t];
      const inverse = 1 / h;
      const z2 = e * e * inverse;
      squares += z2;
      byResidual[t] = e * inverse;
      byVariance[t] = 0.5 * inverse * (1 - z2);
      // One logarithm for many factors: ln of the product is the sum of the ln.
      product *= h;
      if (product > 1e100 || product < 1e-100) {
        logs += ln(product);
        product = 1;
      }
    }
    return { value: 0.5 * (n * LN_TWO_PI + logs + ln(product) + squares), byNu: 0 };
  },
};
