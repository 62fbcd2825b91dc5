import ln from '@stdlib/math-base-special-ln';
import { FitError } from '../../errors/fit-error.ts';
import { lowestMinimum, type Minimum, minimise } from '../../numerics/minimise.ts';
import {
  ALPHA,
  BETA,
  GAMMA,
  GARCH_PARAMETERS,
  garchNegativeLogLikelihood,
  MU,
  NU,
  OMEGA,
} from './garch-likelihood.ts';
import type { GarchModel } from './garch-model.ts';
import { GarchSearchSpace, type GarchSpecification } from './garch-search-space.ts';

/** A GARCH model fitted by maximum likelihood. */
export interface GarchFit extends GarchModel {
  /** The constant mean; 0 when the specification says so. */
  readonly mu: number;
  /** Degrees of freedom; null when innovations are normal. */
  readonly nu: number | null;
  readonly logLikelihood: number;
  /** See {@link GarchSearch.finish}. */
  readonly converged: boolean;
}

/** The number of starts that {@link GarchSearch} offers. */
export const GARCH_STARTS = 3;

/**
 * The search for a GARCH model's maximum likelihood, one start at a time, so that a long fit can pause between them.
 *
 * The values are divided by their standard deviation first: their unit does not matter.
 */
export class GarchSearch {
  readonly #y: Float64Array;
  readonly #unit: number;
  readonly #specification: GarchSpecification;
  readonly #space: GarchSearchSpace;

  /** @throws FitError `too_few_bars` below 10 values, `not_finite`, `constant_series` */
  constructor(y: Float64Array, specification: GarchSpecification) {
    const n = y.length;
    if (n < 10)
      throw new FitError('too_few_bars', `${n} values are too few for GARCH: it needs 10.`, {
        have: n,
        need: 10,
      });
    const mean = specification.mean === 'constant' ? y.reduce((sum, value) => sum + value, 0) / n : 0;
    const unit = Math.sqrt(y.reduce((sum, value) => sum + (value - mean) * (value - mean), 0) / n);
    if (!Number.isFinite(unit)) throw new FitError('not_finite', `The ${n} values are not all finite.`);
    if (!(unit > 0))
      throw new FitError('constant_series', `All ${n} values are ${y[0]}: there is nothing to fit.`);
    this.#y = y.map((value) => value / unit);
    this.#unit = unit;
    this.#specification = specification;
    this.#space = new GarchSearchSpace(specification);
  }

  /** Searches from one of the {@link GARCH_STARTS} starts. */
  run(start: number): Minimum {
    const byParameter = new Float64Array(GARCH_PARAMETERS);
    return minimise(
      (x, gradient) => {
        const value = garchNegativeLogLikelihood(
          this.#y,
          this.#space.parameters(x),
          this.#specification.innovations,
          byParameter,
        );
        this.#space.pullBack(x, byParameter, gradient);
        return value;
      },
      this.#space.starts[start],
      this.#space,
    );
  }

  /**
   * The model at the lowest of the minima found. `converged` is false on data that do not tell the parameters apart, such as
   * returns of constant volatility; the variances are then still those of the highest likelihood found.
   *
   * @throws FitError `not_converged` when the likelihood exists at no start
   */
  finish(minima: readonly Minimum[]): GarchFit {
    const best = lowestMinimum(minima);
    if (!Number.isFinite(best.value)) {
      const { variance, innovations } = this.#specification;
      throw new FitError(
        'not_converged',
        `The likelihood of ${variance} with ${innovations} innovations is not finite at any of ${minima.length} starts on ${this.#y.length} values.`,
        { variance, innovations, values: this.#y.length },
      );
    }
    const parameters = this.#space.parameters(best.x);
    const unit = this.#unit;
    const mu = parameters[MU];
    return {
      mu: unit * mu,
      omega: unit * unit * parameters[OMEGA],
      alpha: parameters[ALPHA],
      gamma: parameters[GAMMA],
      beta: parameters[BETA],
      nu: this.#specification.innovations === 't' ? parameters[NU] : null,
      presampleVariance:
        (unit * unit * this.#y.reduce((sum, value) => sum + (value - mu) * (value - mu), 0)) / this.#y.length,
      logLikelihood: -best.value - this.#y.length * ln(unit),
      converged: best.converged,
    };
  }
}

/**
 * Fits GARCH(1,1) or GJR-GARCH(1,1) with normal or t innovations by maximum likelihood, from every start.
 *
 * @param y observations in any unit, at least 10
 * @throws FitError `too_few_bars`, `not_finite`, `constant_series`, `not_converged`
 */
export function fitGarch(y: Float64Array, specification: GarchSpecification): GarchFit {
  const search = new GarchSearch(y, specification);
  const minima: Minimum[] = [];
  for (let start = 0; start < GARCH_STARTS; start++) minima.push(search.run(start));
  return search.finish(minima);
}
