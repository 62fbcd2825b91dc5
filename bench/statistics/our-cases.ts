import { chooseArimaOrder } from '../../src/shared/models/arima/choose-arima-order.ts';
import { fitArima } from '../../src/shared/models/arima/fit-arima.ts';
import { fitArma } from '../../src/shared/models/arima/fit-arma.ts';
import { armaInnovations } from '../../src/shared/models/arima-garch/arma-garch-filter.ts';
import { fitGarch } from '../../src/shared/models/garch/fit-garch.ts';

/** What is timed of ours, by case: fits returns and gives the log-likelihood found. */
export const OUR_CASES: Readonly<Record<string, (returns: Float64Array) => number>> = {
  'arima-101': (returns) => fitArima(returns, { p: 1, d: 0, q: 1 }).logLikelihood,

  'arima-grid': (returns) => chooseArimaOrder(returns).fit.logLikelihood,

  'garch-t': (returns) =>
    fitGarch(returns, { variance: 'garch', innovations: 't', mean: 'constant' }).logLikelihood,

  // As the member does it: the mean first, then the volatility of its innovations.
  'arma-garch-t': (returns) => {
    const mean = fitArma(returns, { p: 1, q: 1 });
    const innovations = armaInnovations(returns, mean);
    return fitGarch(innovations, { variance: 'garch', innovations: 't', mean: 'zero' }).logLikelihood;
  },
};
