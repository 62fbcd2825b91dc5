import type { RecursionStart } from './recursion-start.ts';
import { ALPHA, BETA, GAMMA, OMEGA, type VarianceRecursion } from './variance-recursion.ts';

/**
 * h(t) = omega + (alpha + gamma [e(t-1) < 0]) e(t-1)^2 + beta h(t-1): GARCH(1,1) of Bollerslev (1986) when gamma is 0, else
 * GJR-GARCH(1,1) of Glosten, Jagannathan and Runkle (1993).
 */
export function gjrRecursion(start: RecursionStart): VarianceRecursion {
  return {
    run(residuals, parameters, presample, variances) {
      const omega = parameters[OMEGA];
      const alpha = parameters[ALPHA];
      const gamma = parameters[GAMMA];
      const beta = parameters[BETA];
      let h =
        start === 'first_variance'
          ? presample
          : omega + (presampleReaction(parameters, start) + beta) * presample;
      for (let t = 0; t < residuals.length; t++) {
        if (!(h > 0) || h === Number.POSITIVE_INFINITY) return false;
        variances[t] = h;
        const e = residuals[t];
        const negative = Math.min(e, 0); // a branch on the sign would be guessed wrong half of the time
        h = omega + (alpha * e * e + gamma * negative * negative) + beta * h;
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
      let byH = 0; // by h(t), through everything after it
      for (let t = residuals.length - 1; t > 0; t--) {
        byH = byVariance[t] + beta * byH;
        const e = residuals[t - 1];
        const negative = Math.min(e, 0);
        byOmega += byH;
        byAlpha += byH * e * e;
        byGamma += byH * negative * negative;
        byBeta += byH * variances[t - 1];
        byResidual[t - 1] += 2 * byH * (alpha * e + gamma * negative);
      }
      byH = byVariance[0] + beta * byH;
      let byPresample = byH;
      if (start !== 'first_variance') {
        const { byAlpha: reactionByAlpha, byGamma: reactionByGamma } = reactionDerivatives(parameters, start);
        byOmega += byH;
        byAlpha += byH * presample * reactionByAlpha;
        byGamma += byH * presample * reactionByGamma;
        byBeta += byH * presample;
        byPresample = byH * (presampleReaction(parameters, start) + beta);
      }
      gradient[OMEGA] = byOmega;
      gradient[ALPHA] = byAlpha;
      gradient[GAMMA] = byGamma;
      gradient[BETA] = byBeta;
      return byPresample;
    },
  };
}

/** How much of the presample's square comes into the first variance. */
function presampleReaction(parameters: Float64Array, start: RecursionStart): number {
  const alpha = parameters[ALPHA];
  const gamma = parameters[GAMMA];
  if (start !== 'fgarch') return alpha + 0.5 * gamma;
  const root = 0.5 * (Math.sqrt(alpha) + Math.sqrt(alpha + gamma));
  return root * root;
}

function reactionDerivatives(parameters: Float64Array, start: RecursionStart) {
  if (start !== 'fgarch') return { byAlpha: 1, byGamma: 0.5 };
  // The roots have no derivative at 0: a search on that bound sees a steep one instead.
  const calm = Math.sqrt(Math.max(1e-12, parameters[ALPHA]));
  const negative = Math.sqrt(Math.max(1e-12, parameters[ALPHA] + parameters[GAMMA]));
  const byGamma = (0.25 * (calm + negative)) / negative;
  return { byAlpha: (0.25 * (calm + negative)) / calm + byGamma, byGamma };
}
