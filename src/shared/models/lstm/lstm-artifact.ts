import { FitError } from '../../errors/fit-error.ts';
import { decodeFloat32, encodeFloat32 } from '../../numerics/float32-codec.ts';
import { decodeFloat64, encodeFloat64 } from '../../numerics/float64-codec.ts';
import { ResidualPool } from '../empirical-residuals.ts';
import type { Hyperparameters, Json } from '../forecaster.ts';
import type { InputScaling } from './input-scaling.ts';
import { type LstmHyperparameters, parseLstmHyperparameters } from './lstm-hyperparameters.ts';
import { INPUT_COUNT, SKIP_COUNT } from './network-inputs.ts';
import { type NetworkShape, parameterLayout } from './network-shape.ts';

/** Changes whenever an artifact written before can no longer be read. */
const VERSION = 2;

/** All that an LSTM needs to predict. */
export interface LstmArtifact {
  readonly symbol: string;
  /** Time of the last bar the fit saw: the cutoff. */
  readonly cutoff: string;
  readonly hyperparameters: LstmHyperparameters;
  readonly scaling: InputScaling;
  /** Seed of the fit; the masks of Monte-Carlo dropout derive from it. */
  readonly seed: number;
  /** Parameters of each network, see `parameterLayout`. */
  readonly networks: readonly Float32Array[];
  /** Symbols the networks were trained on, the fit's own first. */
  readonly trainedOn: readonly string[];
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
    layers: hyperparameters.layers,
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
    seed: artifact.seed,
    networks: artifact.networks.map(encodeFloat32),
    trainedOn: artifact.trainedOn,
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
  const { symbol, cutoff, seed, networks, trainedOn } = record;
  if (typeof symbol !== 'string' || typeof cutoff !== 'string') throw invalid('symbol or cutoff is missing');
  if (typeof seed !== 'number' || !Number.isInteger(seed)) throw invalid('its seed is not a whole number');
  if (!isStrings(trainedOn)) throw invalid('the symbols it was trained on are missing');
  const hyperparameters = parseHyperparameters(record.hyperparameters);
  if (!isStrings(networks) || networks.length !== hyperparameters.networks) {
    throw invalid(`it does not hold the ${hyperparameters.networks} networks of its hyperparameters`);
  }
  const columns = INPUT_COUNT + SKIP_COUNT;
  const scaling = values(decodeFloat64, record.scaling, 1 + 2 * columns, 'scaling');
  const { length } = parameterLayout(networkShape(hyperparameters));
  const horizon = values(decodeFloat64, record.horizon, 3, 'horizon');
  return {
    symbol,
    cutoff,
    hyperparameters,
    scaling: {
      returnDeviation: scaling[0],
      means: scaling.slice(1, 1 + columns),
      deviations: scaling.slice(1 + columns),
    },
    seed,
    networks: networks.map((network) => values(decodeFloat32, network, length, 'parameters')),
    trainedOn,
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

function isStrings(json: Json | undefined): json is readonly string[] {
  return Array.isArray(json) && json.every((entry) => typeof entry === 'string');
}

function values<Values extends Float32Array | Float64Array>(
  decode: (text: string) => Values,
  json: Json,
  length: number,
  name: string,
): Values {
  if (typeof json !== 'string') throw invalid(`its ${name} are missing`);
  let decoded: Values;
  try {
    decoded = decode(json);
  } catch (error) {
    throw invalid(`its ${name} cannot be decoded: ${(error as Error).message}`);
  }
  if (decoded.length !== length) throw invalid(`it has ${decoded.length} ${name}, not ${length}`);
  if (!decoded.every(Number.isFinite)) throw invalid(`its ${name} are not all finite`);
  return decoded;
}

function invalid(reason: string): FitError {
  return new FitError('invalid_artifact', `Not an artifact of an LSTM: ${reason}.`);
}
