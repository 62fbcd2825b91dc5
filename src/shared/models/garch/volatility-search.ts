import type { Minimum } from '../../numerics/minimise.ts';

/** A volatility model fitted by maximum likelihood. */
export interface VolatilityFit<Model> {
  readonly model: Model;
  /** The constant mean; 0 when the specification says so. */
  readonly mu: number;
  /** Degrees of freedom; null when innovations are normal. */
  readonly nu: number | null;
  readonly logLikelihood: number;
  /**
   * Whether the search ended at a maximum within the bounds, up to rounding: a step would not raise the likelihood. It
   * does not say that the data tell the parameters apart; standard errors do. Realized GARCH is stricter where its
   * measures say nothing: see `RealizedGarchSearch`.
   */
  readonly converged: boolean;
}

/** A search for a maximum likelihood, one start at a time, so that a long fit can pause between them. */
export interface VolatilitySearch<Model> {
  /** The number of starts it offers. */
  readonly starts: number;
  /** Searches from one of the starts, 0 to `starts` - 1; roughly, as only the lowest of the minima is refined. */
  run(start: number): Minimum;
  /** Refines the lowest of the minima found, and gives the model there. @throws FitError `not_converged` */
  finish(minima: readonly Minimum[]): VolatilityFit<Model>;
}

/** Searches from every start and takes the best. @throws FitError `not_converged` */
export function searchAll<Model>(search: VolatilitySearch<Model>): VolatilityFit<Model> {
  return search.finish(Array.from({ length: search.starts }, (_, start) => search.run(start)));
}
