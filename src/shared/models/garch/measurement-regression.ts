import { choleskyFactor, choleskySolve } from '../../numerics/cholesky.ts';
import { MEASURE_VARIANCE, PHI, TAU1, TAU2, XI } from './realized-garch-parameters.ts';

/** Measures that realized GARCH needs to learn how they go with the variance. */
export const MINIMUM_MEASURES = 50;
/** The measures there are. */
export function countMeasures(logMeasures: Float64Array): number {
  return logMeasures.reduce((count, x) => (Number.isNaN(x) ? count : count + 1), 0);
}

/** Keeps the regression solvable where a regressor hardly moves, as the log variance when gamma is 0; phi is then 1. */
const RIDGE = 1e-10;
export const SMALLEST_MEASURE_VARIANCE = 1e-8;

/**
 * The maximum likelihood estimates of the measurement equation, given log variances l and standardised residuals z: the
 * regression of x - l on 1, l, z and z^2 - 1, from centred normal equations.
 *
 * @param logMeasures x, NaN where there is none; below 50 measures the equation is x = l + u with variance 1
 * @param parameters receives xi, phi, tau1, tau2 and the variance of u
 */
export function fitMeasurement(
  logMeasures: Float64Array,
  logVariances: Float64Array,
  standardised: Float64Array,
  parameters: Float64Array,
): void {
  let measures = 0;
  let meanL = 0;
  let meanZ = 0;
  let meanQ = 0;
  let meanD = 0;
  for (let t = 0; t < logMeasures.length; t++) {
    const x = logMeasures[t];
    if (Number.isNaN(x)) continue;
    const z = standardised[t];
    measures++;
    meanL += logVariances[t];
    meanZ += z;
    meanQ += z * z - 1;
    meanD += x - logVariances[t];
  }
  if (measures < MINIMUM_MEASURES) {
    parameters[XI] = 0;
    parameters[PHI] = 1;
    parameters[TAU1] = 0;
    parameters[TAU2] = 0;
    parameters[MEASURE_VARIANCE] = 1;
    return;
  }
  meanL /= measures;
  meanZ /= measures;
  meanQ /= measures;
  meanD /= measures;
  let ll = 0;
  let lz = 0;
  let lq = 0;
  let zz = 0;
  let zq = 0;
  let qq = 0;
  let ld = 0;
  let zd = 0;
  let qd = 0;
  let dd = 0;
  for (let t = 0; t < logMeasures.length; t++) {
    const x = logMeasures[t];
    if (Number.isNaN(x)) continue;
    const l = logVariances[t] - meanL;
    const z = standardised[t] - meanZ;
    const q = standardised[t] * standardised[t] - 1 - meanQ;
    const d = x - logVariances[t] - meanD;
    ll += l * l;
    lz += l * z;
    lq += l * q;
    zz += z * z;
    zq += z * q;
    qq += q * q;
    ld += l * d;
    zd += z * d;
    qd += q * d;
    dd += d * d;
  }
  const ridge = RIDGE * measures;
  const normal = Float64Array.of(ll + ridge, lz, lq, lz, zz + ridge, zq, lq, zq, qq + ridge);
  const factor = choleskyFactor(normal, 3);
  const right = Float64Array.of(ld, zd, qd);
  const [byL, tau1, tau2] = factor === null ? new Float64Array(3) : choleskySolve(factor, 3, right);
  parameters[XI] = meanD - byL * meanL - tau1 * meanZ - tau2 * meanQ;
  parameters[PHI] = 1 + byL;
  parameters[TAU1] = tau1;
  parameters[TAU2] = tau2;
  // The sum of squared residuals, written so that cancelling costs no digits that matter: d is of the size of u.
  const explained = byL * ld + tau1 * zd + tau2 * qd;
  parameters[MEASURE_VARIANCE] = Math.max(SMALLEST_MEASURE_VARIANCE, (dd - explained) / measures);
}
