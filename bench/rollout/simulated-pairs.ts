import exp from '@stdlib/math-base-special-exp';
import { QUANTILE_LEVELS } from '../../src/shared/numerics/distributions/predictive-distribution.ts';
import { studentTQuantile } from '../../src/shared/numerics/distributions/student-t.ts';
import { SeededRandom } from '../../src/shared/numerics/random.ts';
import type { ForecastPair, PairedForecast } from '../../src/shared/rollout/comparison/compared-pair.ts';

/** How a simulated forecaster errs. All errors are drawn anew for each forecast, and known before the outcome. */
export interface SimulatedForecaster {
  /** Its scale over the true one. */
  readonly scale: number;
  /** Standard deviation of the logarithm of a random factor on the scale. */
  readonly scaleNoise: number;
  /** How far its mean lies from the true one (0), in true standard deviations, up or down by chance. */
  readonly meanError: number;
}

/** Degrees of freedom of the returns: fat tails, the fourth moment exists. */
const NU = 5;
const UNIT = Math.sqrt((NU - 2) / NU);
/** Of a return in units of its standard deviation, at `QUANTILE_LEVELS`. */
export const STANDARD_QUANTILES: readonly number[] = QUANTILE_LEVELS.map(standardOutcome);
const DAY = 86_400_000;
const FIRST_DAY = Date.parse('2026-01-05T00:00:00Z');

/**
 * Sessions of symbols whose volatility follows a GARCH(1,1) with Student's t of five degrees of freedom, and that move together: with probability 1/2
 * a symbol has the session's common shock, else its own. Both forecasters know the true volatility but for their errors.
 */
export function simulatedPairs(
  forecasters: { readonly candidate: SimulatedForecaster; readonly baseline: SimulatedForecaster },
  { sessions, symbols, seed }: { readonly sessions: number; readonly symbols: number; readonly seed: number },
): ForecastPair[] {
  const random = new SeededRandom(seed);
  const variances = new Float64Array(symbols).fill(1e-4);
  const pairs: ForecastPair[] = [];
  for (let session = 0; session < sessions; session++) {
    const common = shock(random);
    const time = FIRST_DAY + session * DAY;
    for (let symbol = 0; symbol < symbols; symbol++) {
      const volatility = Math.sqrt(variances[symbol]);
      const own = shock(random);
      const realised = volatility * (random.uniform() < 0.5 ? common : own);
      variances[symbol] = 2e-6 + 0.08 * realised * realised + 0.9 * variances[symbol];
      pairs.push({
        symbol: `S${symbol}`,
        horizon: '1D',
        data_cutoff: new Date(time).toISOString(),
        realised_return: realised,
        candidate: erringForecast(forecasters.candidate, volatility, STANDARD_QUANTILES, random),
        baseline: erringForecast(forecasters.baseline, volatility, STANDARD_QUANTILES, random),
      });
    }
  }
  return pairs;
}

/** Student's t with unit variance: a normal deviate over the root of a mean chi-square. */
function shock(random: SeededRandom): number {
  let squares = 0;
  for (let i = 0; i < NU; i++) {
    const normal = random.normal();
    squares += normal * normal;
  }
  return UNIT * random.normal() * Math.sqrt(NU / squares);
}

/**
 * A forecast by someone who knows all but for their errors.
 *
 * @param standard quantiles of the return in units of its volatility
 */
export function erringForecast(
  of: SimulatedForecaster,
  volatility: number,
  standard: readonly number[],
  random: SeededRandom,
): PairedForecast {
  const scale = volatility * of.scale * exp(of.scaleNoise * random.normal());
  const mean = volatility * of.meanError * (random.uniform() < 0.5 ? -1 : 1);
  return { mean, quantiles: Float64Array.from(standard, (quantile) => mean + scale * quantile) };
}

/** A quantile of a return in units of its standard deviation. */
export function standardOutcome(level: number): number {
  return UNIT * studentTQuantile(level, NU);
}
