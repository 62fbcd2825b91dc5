import { logReturns } from '../../series/log-returns.ts';
import type { Series } from '../../series/series.ts';
import { linearPathFrom } from '../linear-path/linear-path.ts';
import { measureBars, VOLATILITY_WINDOW } from './bar-measures.ts';
import { columnMoments, type InputScaling, standardisedRows } from './input-scaling.ts';
import type { NetworkData } from './network.ts';
import { STUDENT_T_DEVIATION } from './student-t-likelihood.ts';

/**
 * Inputs per bar: the return in units of the scale expected of it, its absolute value, the log range less what was
 * expected of it, the relative log volume.
 */
export const INPUT_COUNT = 4;

/**
 * Inputs that go straight to the log scale, past the layers: the relative log volume. What else is linear, the path
 * knows.
 */
export const SKIP_COUNT = 1;

/**
 * What a network's forecasts rest on beside the path, which knows no bar that it is tried on: the inputs that go
 * straight to the log scale, and the constants of location and log scale. What the layers learn is held back by early
 * stopping.
 */
export const NETWORK_COEFFICIENTS = SKIP_COUNT + 2;

/** The first bar whose inputs are known: by then the linear path has something to expect, unless nothing has moved. */
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
  /** The next bar's return in the unit of the outputs; NaN where there is none. */
  readonly targets: Float32Array;
  /**
   * The unit of the network's outputs at each bar: the standard deviation that the linear path expects of the next
   * return, over that of the training likelihood, so that a network that says nothing forecasts the path.
   */
  readonly unit: Float64Array;
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
  return learnNetworkInputs(series, to).scaling;
}

/** {@link learnInputScaling}, and the inputs under it. */
export function learnNetworkInputs(
  series: Series,
  to: number,
): { readonly scaling: InputScaling; readonly inputs: NetworkInputs } {
  const returns = logReturns(series.close.subarray(0, to));
  const returnDeviation = Math.sqrt(returns.reduce((sum, value) => sum + value * value, 0) / returns.length);
  const raw = rawInputs(series, returnDeviation);
  const inputMoments = columnMoments(raw.inputs, INPUT_COUNT, FIRST_INPUT_BAR, to);
  const skipMoments = columnMoments(raw.skip, SKIP_COUNT, FIRST_INPUT_BAR, to);
  const scaling = {
    returnDeviation,
    means: Float64Array.from([...inputMoments.means, ...skipMoments.means]),
    deviations: Float64Array.from([...inputMoments.deviations, ...skipMoments.deviations]),
  };
  return { scaling, inputs: scaledInputs(raw, scaling) };
}

/** The network's inputs for every bar of `series`, under a scaling learned before. */
export function networkInputs(series: Series, scaling: InputScaling): NetworkInputs {
  return scaledInputs(rawInputs(series, scaling.returnDeviation), scaling);
}

function scaledInputs(raw: RawInputs, { means, deviations }: InputScaling): NetworkInputs {
  const split = INPUT_COUNT;
  const { largestMove, returns, unit } = raw;
  return {
    inputs: standardisedRows(
      raw.inputs,
      INPUT_COUNT,
      means.subarray(0, split),
      deviations.subarray(0, split),
    ),
    skip: standardisedRows(raw.skip, SKIP_COUNT, means.subarray(split), deviations.subarray(split)),
    targets: Float32Array.from(returns, (_, t) =>
      t + 1 < returns.length ? returns[t + 1] / unit[t] : Number.NaN,
    ),
    unit,
    largestMove,
    returns,
  };
}

/** Inputs before they are standardised. */
interface RawInputs {
  readonly inputs: Float64Array;
  readonly skip: Float64Array;
  readonly unit: Float64Array;
  readonly largestMove: Float64Array;
  readonly returns: Float64Array;
}

function rawInputs(series: Series, returnDeviation: number): RawInputs {
  const n = series.close.length;
  const { returns, largestMove, relativeVolume } = measureBars(series);
  const { logRanges, expected, scale } = linearPathFrom(series, returnDeviation);
  const inputs = new Float64Array(n * INPUT_COUNT).fill(Number.NaN);
  const skip = new Float64Array(n * SKIP_COUNT).fill(Number.NaN);
  for (let t = FIRST_INPUT_BAR; t < n; t++) {
    const standardised = returns[t] / scale[t - 1];
    inputs[t * INPUT_COUNT] = standardised;
    inputs[t * INPUT_COUNT + 1] = Math.abs(standardised);
    inputs[t * INPUT_COUNT + 2] = logRanges[t] - expected[t - 1];
    inputs[t * INPUT_COUNT + 3] = relativeVolume[t];
    skip[t * SKIP_COUNT] = relativeVolume[t];
  }
  return { inputs, skip, unit: scale.map((value) => value / STUDENT_T_DEVIATION), largestMove, returns };
}
