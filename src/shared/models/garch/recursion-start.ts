/**
 * How a variance recursion begins; the peers differ. P is the mean squared residual.
 *
 * - `mean_squared_residual`: P stands for the squared residual and the variance before the first (Fiorentini, Calzolari and
 *   Panattoni 1996, and R's fGarch for GARCH); the default. P depends on the mean, and the gradient says so.
 * - `backcast`: the same with an exponentially weighted mean of the first 75 squared deviations instead of P (Python's
 *   arch).
 * - `first_variance`: the first variance is P itself (R's rugarch).
 * - `fgarch`: as `mean_squared_residual`, but the reaction of GJR to P is ((sqrt(alpha) + sqrt(alpha + gamma)) / 2)^2
 *   instead of alpha + gamma / 2, which is what fGarch's `aparch` with `delta = 2` does. Other recursions do not differ.
 *   Its slope by alpha has no bound as alpha goes to 0 with gamma above 0 (nor as alpha + gamma does with gamma below 0),
 *   and so the log-likelihood has an infinite derivative there: it falls infinitely steeply from alpha = 0, or rises so,
 *   and then the maximum lies just off the bound, held there by the first variance and not by the data. Standard errors
 *   take such an alpha as lying on its bound.
 */
export type RecursionStart = 'mean_squared_residual' | 'backcast' | 'first_variance' | 'fgarch';

const BACKCAST_LENGTH = 75;
const BACKCAST_DECAY = 0.94;

/** The mean square of residuals. */
export function meanSquare(residuals: Float64Array): number {
  let sum = 0;
  for (let t = 0; t < residuals.length; t++) sum += residuals[t] * residuals[t];
  return sum / residuals.length;
}

/** The weighted mean of the first 75 squares, with weights that fall by 0.94 from one to the next. */
export function backcast(deviations: Float64Array): number {
  let weight = 1;
  let weights = 0;
  let sum = 0;
  for (let t = 0; t < Math.min(BACKCAST_LENGTH, deviations.length); t++) {
    sum += weight * deviations[t] * deviations[t];
    weights += weight;
    weight *= BACKCAST_DECAY;
  }
  return sum / weights;
}
