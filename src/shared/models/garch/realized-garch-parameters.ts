/**
 * Realized GARCH, log-linear (Hansen, Huang and Shek 2012, section 2.2), for residuals e and a measure x of their variance:
 *
 *     ln h(t) = omega + beta ln h(t-1) + gamma ln x(t-1)
 *     ln x(t) = xi + phi ln h(t) + tau1 z(t) + tau2 (z(t)^2 - 1) + u(t),   z = e / sqrt(h),   u ~ N(0, measureVariance)
 *
 * Where x(t-1) is missing, h(t) = h(t-1): nothing was learnt. The variant `realized_har` has the weighted mean of the latest ln x in the
 * place of ln x(t-1) (see `lagWeights`).
 *
 * Places of the parameters in vectors:
 */
export const REALIZED_MU = 0;
export const REALIZED_OMEGA = 1;
export const REALIZED_BETA = 2;
export const REALIZED_GAMMA = 3;
export const XI = 4;
export const PHI = 5;
export const TAU1 = 6;
export const TAU2 = 7;
export const MEASURE_VARIANCE = 8;
/** Unused (and its gradient 0) when innovations are normal. */
export const REALIZED_NU = 9;
export const REALIZED_PARAMETERS = 10;

/** Names of what makes the variances and the measures, by place from {@link REALIZED_OMEGA} on. */
export const REALIZED_NAMES = [
  'omega',
  'beta',
  'gamma',
  'xi',
  'phi',
  'tau1',
  'tau2',
  'measureVariance',
] as const;
