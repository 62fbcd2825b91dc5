import exp from '@stdlib/math-base-special-exp';
import ln from '@stdlib/math-base-special-ln';
import { LN_TWO_PI } from '../../numerics/constants.ts';
import { meanOf } from '../../numerics/mean.ts';
import type { InnovationDistribution } from './innovation-distribution.ts';
import { laggedMeasures, type RealizedVariance } from './lagged-measure.ts';
import type { Likelihood } from './likelihood.ts';
import { fitMeasurement } from './measurement-regression.ts';
import {
  MEASURE_VARIANCE,
  PHI,
  REALIZED_BETA,
  REALIZED_GAMMA,
  REALIZED_MU,
  REALIZED_NAMES,
  REALIZED_NU,
  REALIZED_OMEGA,
  TAU1,
  TAU2,
  XI,
} from './realized-garch-parameters.ts';
import { backcast, meanSquare, type RecursionStart } from './recursion-start.ts';

/**
 * The joint likelihood of returns and their measures under realized GARCH (Hansen, Huang and Shek 2012, eq. 10): that of the
 * returns given their variances plus that of the measures given both, with its analytic gradient.
 *
 * The recursion starts as the other models' do, the measure before the first one being the mean log measure.
 */
export class RealizedGarchLikelihood implements Likelihood {
  readonly parameterNames = ['mu', ...REALIZED_NAMES, 'nu'];
  readonly #y: Float64Array;
  readonly #logMeasures: Float64Array;
  /** What the variance after each value reacts to. */
  readonly #laggedMeasures: Float64Array;
  readonly #meanLogMeasure: number;
  readonly #distribution: InnovationDistribution;
  readonly #start: RecursionStart;
  readonly #backcast: number | null;
  readonly #residuals: Float64Array;
  readonly #variances: Float64Array;
  readonly #logVariances: Float64Array;
  readonly #inverseDeviations: Float64Array;
  readonly #standardised: Float64Array;
  readonly #byResidual: Float64Array;
  readonly #byVariance: Float64Array;
  #presample = 0;

  /** @param logMeasures one for each value, NaN where there is none */
  constructor(
    y: Float64Array,
    logMeasures: Float64Array,
    distribution: InnovationDistribution,
    start: RecursionStart,
    mean: 'constant' | 'zero',
    variance: RealizedVariance = 'realized',
  ) {
    if (logMeasures.length !== y.length)
      throw new RangeError(`${y.length} values need as many measures, not ${logMeasures.length}`);
    this.#y = y;
    this.#logMeasures = logMeasures;
    this.#laggedMeasures = laggedMeasures(logMeasures, variance);
    this.#meanLogMeasure = meanLogMeasure(logMeasures);
    this.#distribution = distribution;
    this.#start = start;
    const center = mean === 'constant' ? meanOf(y) : 0;
    this.#backcast = start === 'backcast' ? backcast(y.map((value) => value - center)) : null;
    this.#residuals = new Float64Array(y.length);
    this.#variances = new Float64Array(y.length);
    this.#logVariances = new Float64Array(y.length);
    this.#inverseDeviations = new Float64Array(y.length);
    this.#standardised = new Float64Array(y.length);
    this.#byResidual = new Float64Array(y.length);
    this.#byVariance = new Float64Array(y.length);
  }

  evaluate(parameters: Float64Array, gradient: Float64Array): number {
    return this.#run(parameters) ? this.#finish(parameters, gradient) : Number.POSITIVE_INFINITY;
  }

  /**
   * The same with the measurement equation's parameters at their best for the given others: a linear regression finds them,
   * and they are written to `parameters`. The gradient by the others is then that of the profile, because the derivatives
   * by these are 0.
   */
  evaluateProfile(parameters: Float64Array, gradient: Float64Array): number {
    if (!this.#run(parameters)) return Number.POSITIVE_INFINITY;
    fitMeasurement(this.#logMeasures, this.#logVariances, this.#standardised, parameters);
    return this.#finish(parameters, gradient);
  }

  /** The variance of every value, the first one included. @throws RangeError where one is not positive and finite */
  variances(parameters: Float64Array): Float64Array {
    if (!this.#run(parameters))
      throw new RangeError(`No variances exist at the parameters ${parameters.join(', ')}`);
    return this.#variances.slice();
  }

  logDensities(parameters: Float64Array): Float64Array {
    const variances = this.variances(parameters);
    const measureVariance = parameters[MEASURE_VARIANCE];
    return this.#residuals.map((e, t) => {
      const density = this.#distribution.logDensity(e, variances[t], parameters[REALIZED_NU]);
      const z = this.#standardised[t];
      const u =
        this.#logMeasures[t] -
        (parameters[XI] +
          parameters[PHI] * this.#logVariances[t] +
          parameters[TAU1] * z +
          parameters[TAU2] * (z * z - 1));
      return Number.isNaN(u)
        ? density
        : density - 0.5 * (LN_TWO_PI + ln(measureVariance) + (u * u) / measureVariance);
    });
  }

  parameterScales(parameters: Float64Array): Float64Array {
    const scales = parameters.map((value) => Math.max(0.1, Math.abs(value)));
    scales[REALIZED_MU] = Math.sqrt(meanSquare(this.#y));
    return scales;
  }

  /** Residuals, log variances, variances and standardised residuals; false where they do not exist. */
  #run(parameters: Float64Array): boolean {
    const y = this.#y;
    const laggedMeasures = this.#laggedMeasures;
    const residuals = this.#residuals;
    const variances = this.#variances;
    const logVariances = this.#logVariances;
    const inverseDeviations = this.#inverseDeviations;
    const standardised = this.#standardised;
    const mu = parameters[REALIZED_MU];
    const omega = parameters[REALIZED_OMEGA];
    const beta = parameters[REALIZED_BETA];
    const gamma = parameters[REALIZED_GAMMA];
    for (let t = 0; t < y.length; t++) residuals[t] = y[t] - mu;
    this.#presample = this.#backcast ?? meanSquare(residuals);
    let l = ln(this.#presample);
    if (this.#start !== 'first_variance') l = omega + beta * l + gamma * this.#meanLogMeasure;
    for (let t = 0; t < y.length; t++) {
      const inverseDeviation = exp(-0.5 * l);
      const h = 1 / (inverseDeviation * inverseDeviation);
      if (!(h > 0) || h === Number.POSITIVE_INFINITY) return false;
      logVariances[t] = l;
      variances[t] = h;
      inverseDeviations[t] = inverseDeviation;
      standardised[t] = residuals[t] * inverseDeviation;
      const x = laggedMeasures[t];
      if (!Number.isNaN(x)) l = omega + beta * l + gamma * x;
    }
    return true;
  }

  /** The value after {@link #run}, and the gradient, backwards. */
  #finish(parameters: Float64Array, gradient: Float64Array): number {
    const n = this.#y.length;
    const logMeasures = this.#logMeasures;
    const laggedMeasures = this.#laggedMeasures;
    const logVariances = this.#logVariances;
    const variances = this.#variances;
    const inverseDeviations = this.#inverseDeviations;
    const standardised = this.#standardised;
    const byResidual = this.#byResidual;
    const byVariance = this.#byVariance;
    const beta = parameters[REALIZED_BETA];
    const xi = parameters[XI];
    const phi = parameters[PHI];
    const tau1 = parameters[TAU1];
    const tau2 = parameters[TAU2];
    const measureVariance = parameters[MEASURE_VARIANCE];
    const inverse = 1 / measureVariance;
    const returns = this.#distribution.negativeLogLikelihood(
      this.#residuals,
      variances,
      parameters[REALIZED_NU],
      byResidual,
      byVariance,
    );
    let squares = 0;
    let measures = 0;
    let byXi = 0;
    let byPhi = 0;
    let byTau1 = 0;
    let byTau2 = 0;
    let byOmega = 0;
    let byBeta = 0;
    let byGamma = 0;
    let byL = 0; // by ln h(t), through everything after it
    for (let t = n - 1; t >= 0; t--) {
      const l = logVariances[t];
      const z = standardised[t];
      const h = variances[t];
      const x = logMeasures[t];
      const measured = !Number.isNaN(x);
      // What comes later than t: ln h(t + 1) = omega + beta l + gamma x, or l where x is missing
      if (measured && t < n - 1) {
        byOmega += byL;
        byBeta += byL * l;
        byGamma += byL * laggedMeasures[t];
        byL *= beta;
      }
      byL += byVariance[t] * h;
      if (measured) {
        const u = x - xi - phi * l - tau1 * z - tau2 * (z * z - 1);
        const pull = u * inverse;
        squares += u * u;
        measures++;
        byXi -= pull;
        byPhi -= pull * l;
        byTau1 -= pull * z;
        byTau2 -= pull * (z * z - 1);
        const byZ = -pull * (tau1 + 2 * tau2 * z);
        byResidual[t] += byZ * inverseDeviations[t];
        byL -= pull * phi + 0.5 * z * byZ;
      }
    }
    let byPresample = byL / this.#presample;
    if (this.#start !== 'first_variance') {
      byOmega += byL;
      byBeta += byL * ln(this.#presample);
      byGamma += byL * this.#meanLogMeasure;
      byPresample *= beta;
    }
    if (this.#backcast !== null) byPresample = 0;
    let byMu = 0;
    for (let t = 0; t < n; t++) byMu -= byResidual[t] + (2 / n) * byPresample * this.#residuals[t];
    gradient[REALIZED_MU] = byMu;
    gradient[REALIZED_OMEGA] = byOmega;
    gradient[REALIZED_BETA] = byBeta;
    gradient[REALIZED_GAMMA] = byGamma;
    gradient[XI] = byXi;
    gradient[PHI] = byPhi;
    gradient[TAU1] = byTau1;
    gradient[TAU2] = byTau2;
    gradient[MEASURE_VARIANCE] = 0.5 * inverse * (measures - squares * inverse);
    gradient[REALIZED_NU] = returns.byNu;
    const value = returns.value + 0.5 * (measures * (LN_TWO_PI + ln(measureVariance)) + squares * inverse);
    return Number.isFinite(value) ? value : Number.POSITIVE_INFINITY;
  }
}

/** The mean of the measures there are; 0 when there are none. */
export function meanLogMeasure(logMeasures: Float64Array): number {
  const present = logMeasures.filter((x) => !Number.isNaN(x));
  return present.length > 0 ? meanOf(present) : 0;
}
