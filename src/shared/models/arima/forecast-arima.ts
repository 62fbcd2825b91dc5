import type { ArimaFit } from './fit-arima.ts';

/** Forecasts of a series, the next step first. */
export interface ArimaForecast {
  readonly means: Float64Array;
  /** Of the forecast errors: innovations to come and what is not known of the state; not the estimates' own errors. */
  readonly standardErrors: Float64Array;
}

/**
 * Forecasts the next values of the series that was fitted, as R's `predict(arima(...), n.ahead = steps)`.
 *
 * @param steps a positive integer
 * @throws RangeError when it is not
 */
export function forecastArima(fit: ArimaFit, steps: number): ArimaForecast {
  if (!Number.isInteger(steps) || steps < 1) {
    throw new RangeError(`A forecast needs a positive number of steps, not ${steps}.`);
  }
  const { ar, ma, state } = fit;
  const k = state.mean.length;
  const rootVariance = Math.sqrt(fit.variance);

  // The difference h steps ahead is the first state then: by the data's mean, and by each unit of the state (and of the
  // next shock, below) alone.
  const means = integrate(differencesFrom(fit, state.mean, steps), fit.constant ?? 0, state.levels);
  const none = state.levels.map(() => 0);
  const byState = Array.from({ length: k }, (_, i) => {
    const unit = new Array<number>(k).fill(0);
    unit[i] = 1;
    return integrate(differencesFrom(fit, unit, steps), 0, none);
  });
  const gain = Array.from({ length: k }, (_, i) => (ar[i] ?? 0) + (ma[i] ?? 0));
  const byShock = new Float64Array(steps);
  byShock[0] = 1;
  byShock.set(differencesFrom(fit, gain, steps - 1), 1);
  const response = integrate(byShock, 0, none);

  const standardErrors = new Float64Array(steps);
  let shocks = 0;
  for (let h = 0; h < steps; h++) {
    shocks += response[h] * response[h];
    let unknown = 0;
    for (let i = 0; i < k; i++) {
      for (let j = 0; j < k; j++) unknown += byState[i][h] * state.variance[i * k + j] * byState[j][h];
    }
    standardErrors[h] = rootVariance * Math.sqrt(shocks + unknown);
  }
  return { means, standardErrors };
}

/** The expected differences of the next steps, as deviations from the constant, from a state. */
function differencesFrom(fit: ArimaFit, from: readonly number[], steps: number): Float64Array {
  const state = Float64Array.from(from);
  const k = state.length;
  const expected = new Float64Array(steps);
  for (let h = 0; h < steps && k > 0; h++) {
    const first = state[0];
    expected[h] = first;
    for (let i = 0; i < k; i++) state[i] = (fit.ar[i] ?? 0) * first + (i + 1 < k ? state[i + 1] : 0);
  }
  return expected;
}

/** Adds the constant, and sums up as often as the series was differenced, from its last levels on. */
function integrate(differences: Float64Array, constant: number, levels: readonly number[]): Float64Array {
  const values = differences.map((value) => value + constant);
  for (let round = levels.length - 1; round >= 0; round--) {
    let level = levels[round];
    for (let h = 0; h < values.length; h++) {
      level += values[h];
      values[h] = level;
    }
  }
  return values;
}
