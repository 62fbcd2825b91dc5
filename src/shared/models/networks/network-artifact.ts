import { FitError } from '../../errors/fit-error.ts';
import type { Json } from '../../json.ts';
import { decodeFloat32, encodeFloat32 } from '../../numerics/float32-codec.ts';
import { decodeFloat64, encodeFloat64 } from '../../numerics/float64-codec.ts';
import { ResidualPool } from '../empirical-residuals.ts';
import type { Hyperparameters } from '../forecaster.ts';
import { ResidualScales } from '../half-session/residual-scales.ts';
import type { InputScaling } from './input-scaling.ts';
import { INPUT_COUNT, SKIP_COUNT } from './network-inputs.ts';
import type { NetworkHyperparameters, NetworkKind } from './network-kind.ts';

/** All that a member made of networks needs to predict. */
export interface NetworkArtifact<H extends NetworkHyperparameters> {
  readonly symbol: string;
  /** Time of the last bar the fit saw: the cutoff. */
  readonly cutoff: string;
  readonly hyperparameters: H;
  readonly scaling: InputScaling;
  /** Seed of the fit; the masks of Monte-Carlo dropout derive from it. */
  readonly seed: number;
  /** Parameters of each network, in the order of its kind. */
  readonly networks: readonly Float32Array[];
  /** Symbols the networks were trained on, the fit's own first. */
  readonly trainedOn: readonly string[];
  /** Standardised residuals known at the cutoff; with residual scales, in units of these. */
  readonly pool: ResidualPool;
  /** Of half sessions and bars of eight hours: see `SessionResiduals`. Null of daily bars. */
  readonly residualScales: ResidualScales | null;
  /** Mean log return of the bars the fit saw. */
  readonly meanReturn: number;
  /** Mean forecast variance on the bars the fit saw: what forecasts of many steps return to. */
  readonly longRunVariance: number;
  /** Autocorrelation of the log scale from one bar to the next, 0 to below 1: how slowly they return. */
  readonly persistence: number;
}

/** An artifact as JSON, to the bit. */
export function encodeNetworkArtifact<H extends NetworkHyperparameters>(
  kind: NetworkKind<H>,
  artifact: NetworkArtifact<H>,
): Json {
  const { scaling } = artifact;
  return {
    name: kind.name,
    version: kind.artifactVersion,
    symbol: artifact.symbol,
    cutoff: artifact.cutoff,
    hyperparameters: { ...artifact.hyperparameters } as unknown as Json,
    scaling: encodeFloat64(
      Float64Array.from([scaling.returnDeviation, ...scaling.means, ...scaling.deviations]),
    ),
    seed: artifact.seed,
    networks: artifact.networks.map(encodeFloat32),
    trainedOn: artifact.trainedOn,
    pool: artifact.pool.toJSON(),
    ...(artifact.residualScales !== null && { residualScales: artifact.residualScales.toJSON() }),
    horizon: encodeFloat64(
      Float64Array.of(artifact.meanReturn, artifact.longRunVariance, artifact.persistence),
    ),
  };
}

/** The inverse of {@link encodeNetworkArtifact}. @throws FitError `invalid_artifact`, naming what is wrong */
export function decodeNetworkArtifact<H extends NetworkHyperparameters>(
  kind: NetworkKind<H>,
  json: Json,
): NetworkArtifact<H> {
  const { name } = kind;
  if (json === null || typeof json !== 'object' || Array.isArray(json)) throw invalid(name, 'not an object');
  const record = json as { readonly [key: string]: Json };
  if (record.name !== name) throw invalid(name, `its name is ${JSON.stringify(record.name)}`);
  if (record.version !== kind.artifactVersion)
    throw invalid(name, `its version is ${JSON.stringify(record.version)}`);
  const { symbol, cutoff, seed, networks, trainedOn } = record;
  if (typeof symbol !== 'string' || typeof cutoff !== 'string')
    throw invalid(name, 'symbol or cutoff is missing');
  if (typeof seed !== 'number' || !Number.isInteger(seed))
    throw invalid(name, 'its seed is not a whole number');
  if (!isStrings(trainedOn)) throw invalid(name, 'the symbols it was trained on are missing');
  const hyperparameters = parseHyperparameters(kind, record.hyperparameters);
  if (!isStrings(networks) || networks.length !== hyperparameters.networks) {
    throw invalid(name, `it does not hold the ${hyperparameters.networks} networks of its hyperparameters`);
  }
  const columns = INPUT_COUNT + SKIP_COUNT;
  const scaling = values(name, decodeFloat64, record.scaling, 1 + 2 * columns, 'scaling');
  const length = kind.parameterCount(hyperparameters);
  const horizon = values(name, decodeFloat64, record.horizon, 3, 'horizon');
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
    networks: networks.map((network) => values(name, decodeFloat32, network, length, 'parameters')),
    trainedOn,
    pool: ResidualPool.from(record.pool),
    residualScales: record.residualScales === undefined ? null : ResidualScales.from(record.residualScales),
    meanReturn: horizon[0],
    longRunVariance: horizon[1],
    persistence: horizon[2],
  };
}

function parseHyperparameters<H extends NetworkHyperparameters>(kind: NetworkKind<H>, json: Json): H {
  if (json === null || typeof json !== 'object') {
    throw invalid(kind.name, 'its hyperparameters are missing');
  }
  try {
    return kind.parse(json as Hyperparameters);
  } catch (error) {
    throw invalid(kind.name, (error as Error).message);
  }
}

function isStrings(json: Json | undefined): json is readonly string[] {
  return Array.isArray(json) && json.every((entry) => typeof entry === 'string');
}

function values<Values extends Float32Array | Float64Array>(
  member: string,
  decode: (text: string) => Values,
  json: Json,
  length: number,
  what: string,
): Values {
  if (typeof json !== 'string') throw invalid(member, `its ${what} are missing`);
  let decoded: Values;
  try {
    decoded = decode(json);
  } catch (error) {
    throw invalid(member, `its ${what} cannot be decoded: ${(error as Error).message}`);
  }
  if (decoded.length !== length) throw invalid(member, `it has ${decoded.length} ${what}, not ${length}`);
  if (!decoded.every(Number.isFinite)) throw invalid(member, `its ${what} are not all finite`);
  return decoded;
}

function invalid(member: string, reason: string): FitError {
  return new FitError('invalid_artifact', `Not an artifact of the member ${member}: ${reason}`);
}
