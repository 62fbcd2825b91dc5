import { meanOf } from '../../numerics/mean.ts';
import type { InnovationDistribution } from './innovation-distribution.ts';
import type { Likelihood } from './likelihood.ts';
import { backcast, meanSquare, type RecursionStart } from './recursion-start.ts';
import { MU, NU, OMEGA, type VarianceRecursion } from './variance-recursion.ts';

/**
 * The likelihood of values with a constant mean, whose volatility and distribution are handed in: mean x volatility x
 * distribution. The gradient goes the same way back.
 */
export class VolatilityLikelihood implements Likelihood {
  readonly parameterNames = ['mu', 'omega', 'alpha', 'gamma', 'beta', 'nu'];
  readonly #y: Float64Array;
  readonly #recursion: VarianceRecursion;
  readonly #distribution: InnovationDistribution;
  /** Null when the presample follows the residuals. */
  readonly #backcast: number | null;
  readonly #residuals: Float64Array;
  readonly #variances: Float64Array;
  readonly #byResidual: Float64Array;
  readonly #byVariance: Float64Array;

  /** @param start as the recursion's */
  constructor(
    y: Float64Array,
    recursion: VarianceRecursion,
    distribution: InnovationDistribution,
    start: RecursionStart,
    mean: 'constant' | 'zero',
  ) {
    this.#y = y;
    this.#recursion = recursion;
    this.#distribution = distribution;
    const center = mean === 'constant' ? meanOf(y) : 0;
    this.#backcast = start === 'backcast' ? backcast(y.map((value) => value - center)) : null;
    this.#residuals = new Float64Array(y.length);
    this.#variances = new Float64Array(y.length);
    this.#byResidual = new Float64Array(y.length);
    this.#byVariance = new Float64Array(y.length);
  }

  evaluate(parameters: Float64Array, gradient: Float64Array): number {
    const residuals = this.#residuals;
    const byResidual = this.#byResidual;
    const n = residuals.length;
    const presample = this.#run(parameters);
    if (presample === null) return Number.POSITIVE_INFINITY;
    const { value, byNu } = this.#distribution.negativeLogLikelihood(
      residuals,
      this.#variances,
      parameters[NU],
      byResidual,
      this.#byVariance,
    );
    let byPresample = this.#recursion.pullBack(
      residuals,
      parameters,
      presample,
      this.#variances,
      this.#byVariance,
      byResidual,
      gradient,
    );
    if (this.#backcast !== null) byPresample = 0;
    let byMu = 0;
    for (let t = 0; t < n; t++) byMu -= byResidual[t] + (2 / n) * byPresample * residuals[t];
    gradient[MU] = byMu;
    gradient[NU] = byNu;
    return Number.isFinite(value) ? value : Number.POSITIVE_INFINITY;
  }

  /** The variance of every value, the first one included. @throws RangeError where one is not positive and finite */
  variances(parameters: Float64Array): Float64Array {
    if (this.#run(parameters) === null)
      throw new RangeError(`No variances exist at the parameters ${parameters.join(', ')}`);
    return this.#variances.slice();
  }

  logDensities(parameters: Float64Array): Float64Array {
    const variances = this.variances(parameters);
    return this.#residuals.map((e, t) => this.#distribution.logDensity(e, variances[t], parameters[NU]));
  }

  parameterScales(parameters: Float64Array): Float64Array {
    const scales = parameters.map((value) => Math.max(0.1, Math.abs(value)));
    const variance = meanSquare(this.#y);
    scales[MU] = Math.sqrt(variance);
    // A variance for GARCH, in the unit of the values; a plain number for EGARCH.
    scales[OMEGA] = Math.max(Math.abs(parameters[OMEGA]), 1e-3 * Math.min(1, variance));
    return scales;
  }

  /** Residuals and variances; gives what stood for the presample, or null where the variances do not exist. */
  #run(parameters: Float64Array): number | null {
    const y = this.#y;
    const residuals = this.#residuals;
    const mu = parameters[MU];
    for (let t = 0; t < y.length; t++) residuals[t] = y[t] - mu;
    const presample = this.#backcast ?? meanSquare(residuals);
    return this.#recursion.run(residuals, parameters, presample, this.#variances) ? presample : null;
  }
}
