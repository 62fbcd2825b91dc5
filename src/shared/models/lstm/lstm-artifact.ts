import { FitError } from '../../errors/fit-error.ts';
import { decodeFloat64, encodeFloat64 } from '../../numerics/float64-codec.ts';
import { ResidualPool } from '../empirical-residuals.ts';
import type { Hyperparameters, Json } from '../forecaster.ts';
import type { InputScaling } from './input-scaling.ts';
import { type LstmHyperparameters, parseLstmHyperparameters } from './lstm-hyperparameters.ts';
import { INPUT_COUNT, SKIP_COUNT } from './network-inputs.ts';
import { type NetworkShape, parameterLayout } from './network-shape.ts';

/** Changes whenever an artifact written before can no longer be read. */
const VERSION = 1;

/** All that an LSTM needs to predict. */
export interface LstmArtifact {
  readonly symbol: string;
  /** Time of the last bar the fit saw: the cutoff. */
  readonly cutoff: string;
  readonly hyperparameters: LstmHyperparameters;
  readonly scaling: InputScaling;
  readonly parameters: Float64Array;
  /** Standardised residuals known at the cutoff. */
  readonly pool: ResidualPool;
  /** Mean log return of the bars the fit saw. */
  readonly meanReturn: number;
  /** Mean forecast variance on the bars the fit saw: what forecasts of many steps return to. */
  readonly longRunVariance: number;
  /** Autocorrelation of the log scale from one bar to the next, 0 to below 1: how slowly they return. */
  readonly persistence: number;
}

/** The shape of the network that hyperparameters ask for. */
export function networkShape(hyperparameters: LstmHyperparameters): NetworkShape {
  return {
    inputs: INPUT_COUNT,
    hidden: hyperparameters.hiddenUnits,
    lookback: hyperparameters.lookback,
    skipInputs: SKIP_COUNT,
  };
}

/** An artifact as JSON, to the bit. */
export function encodeLstmArtifact(artifact: LstmArtifact): Json {
  const { scaling } = artifact;
  return {
    name: 'LSTM',
    version: VERSION,
    symbol: artifact.symbol,
    cutoff: artifact.cutoff,
    hyperparameters: { ...artifact.hyperparameters },
    scaling: encodeFloat64(
      Float64Array.from([scaling.returnDeviation, ...scaling.means, ...scaling.deviations]),
    ),
    parameters: encodeFloat64(artifact.parameters),
    pool: artifact.pool.toJSON(),
    horizon: encodeFloat64(
      Float64Array.of(artifact.meanReturn, artifact.longRunVariance, artifact.persistence),
    ),
  };
}

/** The inverse of {@link encodeLstmArtifact}. @throws FitError `invalid_artifact`, naming what is wrong */
export function decodeLstmArtifact(json: Json): LstmArtifact {
  if (json === null || typeof json !== 'object' || Array.isArray(json)) throw invalid('not an object');
  const record = json as { readonly [key: string]: Json };
  if (record.name !== 'LSTM') throw invalid(`its name is ${JSON.stringify(record.name)}`);
  if (record.version !== VERSION) throw invalid(`its version is ${JSON.stringify(record.version)}`);
  const { symbol, cutoff } = record;
  if (typeof symbol !== 'string' || typeof cutoff !== 'string') throw invalid('symbol or cutoff is missing');
  const hyperparameters = parseHyperparameters(record.hyperparameters);
  const columns = INPUT_COUNT + SKIP_COUNT;
  const scaling = doubles(record.scaling, 1 + 2 * columns, 'scaling');
  const parameters = doubles(
    record.parameters,
    parameterLayout(networkShape(hyperparameters)).length,
    'parameters',
  );
  const horizon = doubles(record.horizon, 3, 'horizon');
  return {
    symbol,
    cutoff,
    hyperparameters,
    scaling: {
      returnDeviation: scaling[0],
      means: scaling.slice(1, 1 + columns),
      deviations: scaling.slice(1 + columns),
    },
    parameters,
    pool: ResidualPool.from(record.pool),
    meanReturn: horizon[0],
    longRunVariance: horizon[1],
    persistence: horizon[2],
  };
}

function parseHyperparameters(json: Json): LstmHyperparameters {
  if (json === null || typeof json !== 'object') throw invalid('its hyperparameters are missing');
  try {
    return parseLstmHyperparameters(json as Hyperparameters);
  } catch (error) {
    throw invalid((error as Error).message);
  }
}

function doubles(json: Json, length: number, name: string): Float64Array {
  if (typeof json !== 'string') throw invalid(`its ${name} are missing`);
  let values: Float64Array;
  try {
    values = decodeFloat64(json);
  } catch (error) {
    throw invalid(`its ${name} cannot be decoded: ${(error as Error).message}`);
  }
  if (values.length !== length) throw invalid(`it has ${values.length} ${name}, not ${length}`);
  if (!values.every(Number.isFinite)) throw invalid(`its ${name} are not all finite`);
  return values;
}

function invalid(reason: string): FitError {
  return new FitError('invalid_artifact', `Not an artifact of an LSTM: ${reason}.`);
}
