import ln from '@stdlib/math-base-special-ln';
import type { Series } from '../../series/series.ts';
import { measureBars, VOLATILITY_WINDOW } from './bar-measures.ts';
import { columnMoments, type InputScaling, standardisedRows } from './input-scaling.ts';
import type { NetworkData } from './network.ts';

/** Inputs per bar: standardised return, its absolute value, log range, relative log volume. */
export const INPUT_COUNT = 4;

/**
 * Inputs that go straight to the log scale: the log range of the last bar and its means over 5 and 22 bars, each less
 * the log volatility; the log volatility; the relative log volume. The first three are those of Corsi's heterogeneous
 * autoregression (2009).
 */
export const SKIP_COUNT = 5;

const HAR_WINDOWS = [1, 5, 22] as const;

/** Floor of a bar's volatility, as a share of the deviation of the training returns: flat stretches have none. */
const VOLATILITY_FLOOR = 0.1;
/** The same for a bar's range, which may be zero on any quiet bar. */
const RANGE_FLOOR = 0.05;

/** The first bar whose inputs are known: its return is divided by the volatility of the bar before. */
export const FIRST_INPUT_BAR = VOLATILITY_WINDOW + 1;

/** The first bar that can be forecast: a network needs `lookback` bars of inputs before it. */
export function firstForecastBar(lookback: number): number {
  return FIRST_INPUT_BAR + lookback;
}

/** What the network is given for a series; the row or element t holds nothing later than bar t, but for the targets. */
export interface NetworkInputs extends NetworkData {
  /** Bars x {@link INPUT_COUNT}, standardised; rows before {@link FIRST_INPUT_BAR} are NaN. */
  readonly inputs: Float32Array;
  /** Bars x {@link SKIP_COUNT}, standardised; rows before {@link FIRST_INPUT_BAR} are NaN. */
  readonly skip: Float32Array;
  /** The next bar's return in units of the volatility known at the bar; NaN where there is none. */
  readonly targets: Float32Array;
  /** Volatility known at each bar, the unit of the network's outputs. */
  readonly volatility: Float64Array;
  /** What no scale is above: the largest move of the last bars. See `BarMeasures`. */
  readonly largestMove: Float64Array;
  /** Log returns. */
  readonly returns: Float64Array;
}

/**
 * The scaling learned on the bars before `to`.
 *
 * @param series at least {@link FIRST_INPUT_BAR} + 2 bars
 */
export function learnInputScaling(series: Series, to: number): InputScaling {
  const { returns } = measureBars(series);
  let squares = 0;
  for (let t = 1; t < to; t++) squares += returns[t] * returns[t];
  const returnDeviation = Math.sqrt(squares / (to - 1));
  const raw = rawInputs(series, returnDeviation);
  const inputMoments = columnMoments(raw.inputs, INPUT_COUNT, FIRST_INPUT_BAR, to);
  const skipMoments = columnMoments(raw.skip, SKIP_COUNT, FIRST_INPUT_BAR, to);
  return {
    returnDeviation,
    means: Float64Array.from([...inputMoments.means, ...skipMoments.means]),
    deviations: Float64Array.from([...inputMoments.deviations, ...skipMoments.deviations]),
  };
}

/** The network's inputs for every bar of `series`, under a scaling learned before. */
export function networkInputs(series: Series, scaling: InputScaling): NetworkInputs {
  const raw = rawInputs(series, scaling.returnDeviation);
  const { means, deviations } = scaling;
  const split = INPUT_COUNT;
  const { largestMove, returns, volatility } = raw;
  return {
    inputs: standardisedRows(
      raw.inputs,
      INPUT_COUNT,
      means.subarray(0, split),
      deviations.subarray(0, split),
    ),
    skip: standardisedRows(raw.skip, SKIP_COUNT, means.subarray(split), deviations.subarray(split)),
    targets: Float32Array.from(returns, (_, t) =>
      t + 1 < returns.length ? returns[t + 1] / volatility[t] : Number.NaN,
    ),
    volatility,
    largestMove,
    returns,
  };
}

/** Inputs before they are standardised. */
interface RawInputs {
  readonly inputs: Float64Array;
  readonly skip: Float64Array;
  readonly volatility: Float64Array;
  readonly largestMove: Float64Array;
  readonly returns: Float64Array;
}

function rawInputs(series: Series, returnDeviation: number): RawInputs {
  const n = series.close.length;
  const { returns, variance, rangeVariance, largestMove, relativeVolume } = measureBars(series);
  const volatilityFloor = VOLATILITY_FLOOR * returnDeviation * (VOLATILITY_FLOOR * returnDeviation);
  const rangeFloor = RANGE_FLOOR * returnDeviation * (RANGE_FLOOR * returnDeviation);
  const volatility = variance.map((value) => Math.sqrt(value + volatilityFloor));
  const logRange = rangeVariance.map((value) => ln(Math.max(0, value) + rangeFloor) / 2);
  const inputs = new Float64Array(n * INPUT_COUNT).fill(Number.NaN);
  const skip = new Float64Array(n * SKIP_COUNT).fill(Number.NaN);
  for (let t = FIRST_INPUT_BAR; t < n; t++) {
    const standardised = returns[t] / volatility[t - 1];
    inputs[t * INPUT_COUNT] = standardised;
    inputs[t * INPUT_COUNT + 1] = Math.abs(standardised);
    inputs[t * INPUT_COUNT + 2] = logRange[t];
    inputs[t * INPUT_COUNT + 3] = relativeVolume[t];

    const logVolatility = ln(volatility[t]);
    for (let w = 0; w < HAR_WINDOWS.length; w++) {
      let sum = 0;
      for (let k = 0; k < HAR_WINDOWS[w]; k++) sum += logRange[t - k];
      skip[t * SKIP_COUNT + w] = sum / HAR_WINDOWS[w] - logVolatility;
    }
    skip[t * SKIP_COUNT + 3] = logVolatility;
    skip[t * SKIP_COUNT + 4] = relativeVolume[t];
  }
  return { inputs, skip, volatility, largestMove, returns };
}
