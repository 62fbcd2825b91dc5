import ln from '@stdlib/math-base-special-ln';
import { FitError } from '../../errors/fit-error.ts';
import type { Json } from '../../json.ts';
import { deriveSeed } from '../../numerics/derive-seed.ts';
import { decodeFloat32, encodeFloat32 } from '../../numerics/float32-codec.ts';
import { encodeFloat64 } from '../../numerics/float64-codec.ts';
import type { Series } from '../../series/series.ts';
import { sessionPositions } from '../../series/session-positions.ts';
import { ResidualPool } from '../empirical-residuals.ts';
import type { FittedForecaster, Resumable } from '../forecaster.ts';
import { hasShortWindows, SessionResiduals } from '../half-session/session-residuals.ts';
import { inSequence, inTurn, Part } from '../resumable/in-sequence.ts';
import { oneUnit } from '../resumable/one-unit.ts';
import { CheckpointReader, decoded } from './checkpoint-reader.ts';
import { FittedNetwork, monteCarloDropout } from './fitted-network.ts';
import type { NetworkArtifact } from './network-artifact.ts';
import { type BarForecast, forecastBars } from './network-forecasts.ts';
import { firstForecastBar, NETWORK_COEFFICIENTS } from './network-inputs.ts';
import type { NetworkHyperparameters, NetworkKind } from './network-kind.ts';
import { NetworkTraining } from './network-training.ts';
import { collectTrainingData } from './training-data.ts';

/** Passes with dropout for a bar that the fit has seen: they only measure the residuals' scale, over hundreds of bars. */
const RESIDUAL_PASSES = 8;
/** Bars of one unit of work when the fit's own bars are forecast. */
const FORECAST_BARS = 64;
/** Share of the work that training is. */
const TRAINING_SHARE = 0.9;

/**
 * A fit of a member made of networks: they are trained one after the other, then the bars of the fit are forecast for their residuals.
 *
 * Series and hyperparameters have been checked.
 *
 * @param companions further series to train on, up to the same cutoff
 * @throws FitError `invalid_artifact` for another fit's checkpoint; `constant_series`, `companion_beyond_cutoff`; from `step`
 * also `not_finite`
 */
export function fitNetworks<H extends NetworkHyperparameters>(
  kind: NetworkKind<H>,
  series: Series,
  hyperparameters: H,
  seed: number,
  companions: readonly Series[],
  checkpoint?: Json,
): Resumable<FittedForecaster> {
  const { close, symbol, times } = series;
  const data = collectTrainingData(series, companions, hyperparameters.lookback);
  const firstCutoff = firstForecastBar(hyperparameters.lookback) - 1;
  /** Of the fit's own bars, in pieces that are forecast at a time. */
  const cutoffs = Int32Array.from({ length: close.length - 1 - firstCutoff }, (_, i) => firstCutoff + i);
  const pieces = Array.from({ length: Math.ceil(cutoffs.length / FORECAST_BARS) }, (_, i) =>
    cutoffs.subarray(i * FORECAST_BARS, (i + 1) * FORECAST_BARS),
  );

  const training = new Part(TRAINING_SHARE, (resumed?: Json) =>
    inTurn(
      kind.name,
      hyperparameters.networks,
      (n, state) =>
        new NetworkTraining(
          kind,
          hyperparameters,
          symbol,
          data.samples,
          deriveSeed(seed, 'network', n),
          state,
        ),
      {
        encode: encodeFloat32,
        decode: (json) =>
          decoded(decodeFloat32, json, kind.parameterCount(hyperparameters), 'a network', kind.name),
      },
      resumed,
    ),
  );
  const forecasting = new Part(1 - TRAINING_SHARE, (resumed?: Json) =>
    inTurn(
      kind.name,
      pieces.length,
      (piece) =>
        oneUnit(() => {
          const dropout = monteCarloDropout(hyperparameters, seed, RESIDUAL_PASSES);
          const networks = training.result;
          return forecastBars(kind, hyperparameters, networks, data.own, times, pieces[piece], dropout);
        }),
      {
        encode: encodeForecasts,
        decode: (json, piece) => decodeForecasts(json, pieces[piece].length, kind.name),
      },
      resumed,
    ),
  );

  // What a checkpoint must have been made of to be resumed here. A list: jsonb does not keep the order of keys.
  const identity: Json = [
    ...[symbol, times[0], times[times.length - 1], times.length, seed],
    ...data.trainedOn,
    ...Object.entries(hyperparameters).flat(),
  ];
  const fit = inSequence(
    kind.name,
    [training, forecasting],
    () => {
      const forecasts = forecasting.result.flat();
      const residuals = forecasts.map(
        ({ mean, scale }, i) => (data.own.returns[cutoffs[i] + 1] - mean) / scale,
      );
      return new FittedNetwork(kind, {
        symbol,
        cutoff: times[times.length - 1],
        hyperparameters,
        scaling: data.scaling,
        seed,
        networks: training.result,
        trainedOn: data.trainedOn,
        ...residualsKnown(
          series,
          residuals,
          Array.from(cutoffs, (bar) => bar + 1),
        ),
        meanReturn: ln(close[close.length - 1] / close[0]) / (close.length - 1),
        longRunVariance: mean(forecasts.map(({ scale }) => scale * scale)),
        persistence: autocorrelation(forecasts.map(({ scale }) => ln(scale))),
      });
    },
    checkpoint === undefined ? undefined : readCheckpoint(checkpoint, identity, kind.name),
  );
  return { ...fit, checkpoint: () => ({ of: identity, fit: fit.checkpoint() }) };
}

/** The fit's standardised residuals as an artifact holds them. @param bars the bar of each */
function residualsKnown(
  series: Series,
  residuals: readonly number[],
  bars: readonly number[],
): Pick<NetworkArtifact<NetworkHyperparameters>, 'pool' | 'residualScales'> {
  if (!hasShortWindows(series)) return { pool: new ResidualPool(undefined, residuals), residualScales: null };
  const sessions = new SessionResiduals(NETWORK_COEFFICIENTS);
  const positions = sessionPositions(series);
  residuals.forEach((residual, i) => {
    sessions.push(residual, positions[bars[i]]);
  });
  return { pool: sessions.pool, residualScales: sessions.scales };
}

/** @throws FitError `invalid_artifact` for another fit's checkpoint */
function readCheckpoint(checkpoint: Json, identity: Json, name: string): Json {
  const state = new CheckpointReader(checkpoint, name);
  const found = JSON.stringify(state.json('of'));
  if (found === JSON.stringify(identity)) return state.json('fit');
  throw new FitError(
    'invalid_artifact',
    `The checkpoint is of another ${name} fit: ${found}, not ${JSON.stringify(identity)}`,
  );
}

function encodeForecasts(forecasts: readonly BarForecast[]): Json {
  return {
    means: encodeFloat64(Float64Array.from(forecasts, ({ mean }) => mean)),
    scales: encodeFloat64(Float64Array.from(forecasts, ({ scale }) => scale)),
  };
}

function decodeForecasts(json: Json, bars: number, name: string): BarForecast[] {
  const state = new CheckpointReader(json, name);
  const scales = state.doubles('scales', bars);
  return Array.from(state.doubles('means', bars), (mean, i) => ({ mean, scale: scales[i] }));
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

/** Lag-1 autocorrelation, held within 0 and 0.999; 0 when the values do not vary. */
function autocorrelation(values: readonly number[]): number {
  const centre = mean(values);
  let squares = 0;
  let products = 0;
  for (let i = 0; i < values.length; i++) {
    const deviation = values[i] - centre;
    squares += deviation * deviation;
    if (i > 0) products += deviation * (values[i - 1] - centre);
  }
  return squares > 0 ? Math.max(0, Math.min(0.999, products / squares)) : 0;
}
