import ln from '@stdlib/math-base-special-ln';
import { FitError } from '../../errors/fit-error.ts';
import { lowestMinimum, type Minimum, minimise } from '../../numerics/minimise.ts';
import type { Scaling } from '../centre-and-unit.ts';
import type { Innovations } from './innovation-distribution.ts';
import { innovationDistribution } from './innovation-distribution-by-name.ts';
import type { RealizedVariance } from './lagged-measure.ts';
import { countMeasures, MINIMUM_MEASURES } from './measurement-regression.ts';
import { meanLogMeasure, RealizedGarchLikelihood } from './realized-garch-likelihood.ts';
import type { RealizedGarchModel } from './realized-garch-model.ts';
import {
  MEASURE_VARIANCE,
  PHI,
  REALIZED_BETA,
  REALIZED_GAMMA,
  REALIZED_MU,
  REALIZED_NU,
  REALIZED_OMEGA,
  REALIZED_PARAMETERS,
  TAU1,
  TAU2,
  XI,
} from './realized-garch-parameters.ts';
import { RealizedGarchSearchSpace } from './realized-garch-search-space.ts';
import type { RecursionStart } from './recursion-start.ts';
import { scaleValues } from './scaled-values.ts';
import type { VolatilityFit, VolatilitySearch } from './volatility-search.ts';

/** Which realized GARCH is fitted. */
export interface RealizedGarchSpecification {
  /** What the variance reacts to; default `realized`, the last bar's measure. */
  readonly variance?: RealizedVariance;
  readonly innovations: Innovations;
  /** `zero` when the values are residuals of a mean model already. */
  readonly mean: 'constant' | 'zero';
  /** Default `mean_squared_residual`. */
  readonly start?: RecursionStart;
}

/** Below, a fit counts as one without a reaction. */
const SMALLEST_REACTION = 1e-3;

/** The search for the maximum joint likelihood of realized GARCH. */
export class RealizedGarchSearch implements VolatilitySearch<RealizedGarchModel> {
  readonly starts: number;
  readonly #values: number;
  readonly #scaling: Scaling;
  readonly #measures: number;
  readonly #measureLevel: number;
  readonly #measureSpread: number;
  readonly #specification: RealizedGarchSpecification;
  readonly #space: RealizedGarchSearchSpace;
  readonly #likelihood: RealizedGarchLikelihood;

  /**
   * @param logMeasures log of each value's measure, NaN where there is none
   * @throws FitError `too_few_bars` below 10 values, `not_finite`, `constant_series`
   */
  constructor(y: Float64Array, logMeasures: Float64Array, specification: RealizedGarchSpecification) {
    const { scaled, ...scaling } = scaleValues(y, specification.mean);
    const level = meanLogMeasure(logMeasures);
    const squares = logMeasures.map((x) => (x - level) * (x - level));
    this.#values = y.length;
    this.#scaling = scaling;
    this.#measures = countMeasures(logMeasures);
    this.#measureLevel = level;
    this.#measureSpread = Math.sqrt(meanLogMeasure(squares));
    this.#specification = specification;
    this.#space = new RealizedGarchSearchSpace(specification.innovations, specification.mean);
    this.starts = this.#space.starts.length;
    this.#likelihood = realizedGarchLikelihood(
      scaled,
      logMeasures.map((x) => x - level),
      specification,
    );
  }

  run(start: number): Minimum {
    return this.#minimise(this.#space.starts[start], true);
  }

  /**
   * With fewer than 50 measures there is nothing to learn from: the variance is then constant, and `converged` false. So
   * it is where a usual move of the measure moves the variance by less than 0.1 %: beta and phi can then be any number.
   *
   * @throws FitError `not_converged` when the likelihood exists at no start
   */
  finish(minima: readonly Minimum[]): VolatilityFit<RealizedGarchModel> {
    const best = this.#minimise(lowestMinimum(minima).x, false);
    const { innovations, variance = 'realized' } = this.#specification;
    if (!Number.isFinite(best.value)) {
      throw new FitError(
        'not_converged',
        `The likelihood of realized GARCH with ${innovations} innovations is not finite at any of ${minima.length} starts on ${this.#values} values`,
        { variance, innovations, values: this.#values },
      );
    }
    const parameters = this.#space.parameters(best.x);
    this.#likelihood.evaluateProfile(parameters, new Float64Array(REALIZED_PARAMETERS));
    const inUnit = this.#space.inUnit(parameters, this.#scaling.unit);
    const enough = this.#measures >= MINIMUM_MEASURES;
    return {
      model: enough
        ? this.#model(parameters, inUnit)
        : constantVariance(variance, this.#scaling.unit * this.#scaling.unit),
      mu: this.#scaling.centre + inUnit[REALIZED_MU],
      nu: innovations === 't' ? inUnit[REALIZED_NU] : null,
      logLikelihood: -best.value - this.#values * ln(this.#scaling.unit),
      converged: enough && best.converged && this.#reaction(parameters) > SMALLEST_REACTION,
    };
  }

  #model(parameters: Float64Array, inUnit: Float64Array): RealizedGarchModel {
    // The search saw the log measures less their mean.
    const level = this.#measureLevel;
    return {
      variance: this.#specification.variance ?? 'realized',
      omega: inUnit[REALIZED_OMEGA] - inUnit[REALIZED_GAMMA] * level,
      beta: inUnit[REALIZED_BETA],
      gamma: inUnit[REALIZED_GAMMA],
      xi: inUnit[XI] + level,
      phi: inUnit[PHI],
      tau1: inUnit[TAU1],
      tau2: inUnit[TAU2],
      measureVariance: inUnit[MEASURE_VARIANCE],
      firstVariance: this.#firstVariance(parameters),
    };
  }

  /** How much one standard deviation of the log measures moves the log variance. */
  #reaction(parameters: Float64Array): number {
    return parameters[REALIZED_GAMMA] * this.#measureSpread;
  }

  #firstVariance(parameters: Float64Array): number {
    return this.#scaling.unit * this.#scaling.unit * this.#likelihood.variances(parameters)[0];
  }

  #minimise(from: Float64Array, coarse: boolean): Minimum {
    const byParameter = new Float64Array(REALIZED_PARAMETERS);
    const { lower, upper } = this.#space;
    return minimise(
      (x, gradient) => {
        const value = this.#likelihood.evaluateProfile(this.#space.parameters(x), byParameter);
        this.#space.pullBack(x, byParameter, gradient);
        return value;
      },
      from,
      { lower, upper, coarse },
    );
  }
}

/** A variance that never changes, as a realized GARCH. */
function constantVariance(variance: RealizedVariance, firstVariance: number): RealizedGarchModel {
  return {
    variance,
    omega: 0,
    beta: 1,
    gamma: 0,
    xi: 0,
    phi: 1,
    tau1: 0,
    tau2: 0,
    measureVariance: 1,
    firstVariance,
  };
}

/** The joint likelihood that {@link RealizedGarchSearch} maximises, of values in their own unit. */
export function realizedGarchLikelihood(
  y: Float64Array,
  logMeasures: Float64Array,
  { variance, innovations, mean, start = 'mean_squared_residual' }: RealizedGarchSpecification,
): RealizedGarchLikelihood {
  return new RealizedGarchLikelihood(
    y,
    logMeasures,
    innovationDistribution(innovations),
    start,
    mean,
    variance,
  );
}
