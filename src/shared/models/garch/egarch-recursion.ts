import exp from '@stdlib/math-base-special-exp';
import ln from '@stdlib/math-base-special-ln';
import type { RecursionStart } from './recursion-start.ts';
import { ALPHA, BETA, GAMMA, OMEGA, type VarianceRecursion } from './variance-recursion.ts';

/**
 * E|z| of a standard normal, sqrt(2 / pi): taken off the size of a shock whatever the innovations, as Python's arch
 * does.
 */
export const MEAN_ABSOLUTE_NORMAL = 0.7978845608028654;

/**
 * ln h(t) = omega + alpha (|z(t-1)| - sqrt(2 / pi)) + gamma z(t-1) + beta ln h(t-1) with z = e / sqrt(h): EGARCH(1,1) of
 * Nelson (1991). Every real alpha and gamma gives positive variances; the first shock is taken as 0.
 */
export function egarchRecursion(start: RecursionStart): VarianceRecursion {
  // Kept from a run for its way back.
  let logVariances = new Float64Array(0);
  let inverseDeviations = new Float64Array(0);
  return {
    run(residuals, parameters, presample, variances) {
      const n = residuals.length;
      if (logVariances.length !== n) {
        logVariances = new Float64Array(n);
        inverseDeviations = new Float64Array(n);
      }
      const alpha = parameters[ALPHA];
      const gamma = parameters[GAMMA];
      const beta = parameters[BETA];
      const constant = parameters[OMEGA] - alpha * MEAN_ABSOLUTE_NORMAL;
      let l = ln(presample);
      if (start !== 'first_variance') l = parameters[OMEGA] + beta * l;
      for (let t = 0; t < n; t++) {
        const inverseDeviation = exp(-0.5 * l);
        const h = 1 / (inverseDeviation * inverseDeviation);
        if (!(h > 0) || h === Number.POSITIVE_INFINITY) return false;
        logVariances[t] = l;
        inverseDeviations[t] = inverseDeviation;
        variances[t] = h;
        const z = residuals[t] * inverseDeviation;
        l = constant + alpha * Math.abs(z) + gamma * z + beta * l;
      }
      return true;
    },

    pullBack(residuals, parameters, presample, variances, byVariance, byResidual, gradient) {
      const alpha = parameters[ALPHA];
      const gamma = parameters[GAMMA];
      const beta = parameters[BETA];
      let byOmega = 0;
      let byAlpha = 0;
      let byGamma = 0;
      let byBeta = 0;
      const last = residuals.length - 1;
      let byL = byVariance[last] * variances[last]; // by ln h(t), through everything after it
      for (let t = last; t > 0; t--) {
        const inverseDeviation = inverseDeviations[t - 1];
        const z = residuals[t - 1] * inverseDeviation;
        const slope = z < 0 ? gamma - alpha : gamma + alpha;
        byOmega += byL;
        byAlpha += byL * (Math.abs(z) - MEAN_ABSOLUTE_NORMAL);
        byGamma += byL * z;
        byBeta += byL * logVariances[t - 1];
        byResidual[t - 1] += byL * slope * inverseDeviation;
        byL = byVariance[t - 1] * variances[t - 1] + byL * (beta - 0.5 * slope * z);
      }
      let byPresample = byL / presample;
      if (start !== 'first_variance') {
        byOmega += byL;
        byBeta += byL * ln(presample);
        byPresample *= beta;
      }
      gradient[OMEGA] = byOmega;
      gradient[ALPHA] = byAlpha;
      gradient[GAMMA] = byGamma;
      gradient[BETA] = byBeta;
      return byPresample;
    },
  };
}
