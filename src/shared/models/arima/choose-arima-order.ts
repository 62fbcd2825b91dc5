import { FitError } from '../../errors/fit-error.ts';
import { type ArimaMaximum, ArimaSearch } from './arima-search.ts';
import type { ArmaOrder } from './arma-model.ts';
import { type ArimaFit, criteriaOf, describeArima, type FitArimaOptions } from './fit-arima.ts';

/** Every ARMA order with p and q up to 2. */
export const ARMA_GRID: readonly ArmaOrder[] = [0, 1, 2].flatMap((p) => [0, 1, 2].map((q) => ({ p, q })));

/** Each further coefficient must lower AICc by more than this. */
const WORTH_A_COEFFICIENT = 2;

export interface ChooseArimaOrderOptions extends FitArimaOptions {
  /** Differences, the same for all candidates: likelihoods of different d cannot be compared. Default 0, for returns. */
  readonly d?: number;
}

/** A candidate's AICc; null when it could not be fitted. */
export interface ArimaCandidate extends ArmaOrder {
  readonly aicc: number | null;
  readonly converged: boolean;
}

export interface ChosenArima {
  /** `fitArima` of the order chosen. */
  readonly fit: ArimaFit;
  /** All, in the order of the grid. */
  readonly candidates: readonly ArimaCandidate[];
}

/**
 * What orders are chosen by; lower is better, the earlier order when equal: AICc and parsimony. A larger order must lower
 * AICc by more than {@link WORTH_A_COEFFICIENT} for each further coefficient, since models closer than that have as much
 * support (Burnham and Anderson 2002, sections 2.6 and 3.4.2).
 *
 * The lowest AICc alone would take an ARMA(1, 1) on a third of white noise: where the two parts cancel, any common root
 * will do, and the best of so many gains more than AICc allows for two coefficients (Andrews and Ploberger 1996).
 */
export function orderCost({ p, q }: ArmaOrder, aicc: number): number {
  return aicc + WORTH_A_COEFFICIENT * (p + q);
}

/**
 * Fits every order of a grid by exact maximum likelihood and chooses the one of lowest {@link orderCost}.
 *
 * A candidate whose likelihood could not be maximised is listed with a null AICc and not chosen.
 *
 * @param y see `fitArima`; long enough for the largest order
 * @throws FitError of `fitArima`; `invalid_hyperparameters` when the grid is empty; `not_converged` when no candidate
 * could be fitted
 */
export function chooseArimaOrder(
  y: Float64Array,
  grid: readonly ArmaOrder[] = ARMA_GRID,
  { d = 0, constant = d === 0 }: ChooseArimaOrderOptions = {},
): ChosenArima {
  if (grid.length === 0)
    throw new FitError('invalid_hyperparameters', 'The grid has no order to choose from');
  const candidates: ArimaCandidate[] = [];
  let chosen: { search: ArimaSearch; maximum: ArimaMaximum; cost: number } | null = null;
  for (const { p, q } of grid) {
    const search = new ArimaSearch(y, { p, d, q }, constant);
    const maximum = tryRun(search);
    if (maximum === null) {
      candidates.push({ p, q, aicc: null, converged: false });
      continue;
    }
    const { aicc } = criteriaOf(search, maximum);
    candidates.push({ p, q, aicc, converged: maximum.converged });
    const cost = orderCost({ p, q }, aicc);
    if (chosen === null || cost < chosen.cost) chosen = { search, maximum, cost };
  }
  if (chosen === null) {
    throw new FitError(
      'not_converged',
      `None of ${grid.length} orders could be fitted to ${y.length} values`,
    );
  }
  return { fit: describeArima(chosen.search, chosen.maximum), candidates };
}

function tryRun(search: ArimaSearch): ArimaMaximum | null {
  try {
    return search.run();
  } catch (error) {
    if (error instanceof FitError && error.code === 'not_converged') return null;
    throw error;
  }
}
