import { FitError } from '../../errors/fit-error.ts';
import type { Json } from '../../json.ts';
import { decodeFloat64, encodeFloat64 } from '../../numerics/float64-codec.ts';
import type { Hyperparameters } from '../forecaster.ts';
import { FEATURE_NAMES } from './bar-features.ts';
import { decodeTrees, encodeTrees } from './boosted-trees.ts';
import { type GbHyperparameters, parseGbHyperparameters } from './gb-hyperparameters.ts';
import type { GbModel } from './gb-model.ts';

/** Changes whenever an artifact written before can no longer be read. */
const VERSION = 2;

/** A fitted model with what it was fitted by. */
export interface GbArtifact {
  readonly hyperparameters: GbHyperparameters;
  readonly model: GbModel;
}

/** An artifact as JSON, to the bit. The features' names say what its trees split on. */
export function encodeGbArtifact({ hyperparameters, model }: GbArtifact): Json {
  return {
    name: 'GB',
    version: VERSION,
    hyperparameters: { ...hyperparameters },
    features: [...FEATURE_NAMES],
    scalars: encodeFloat64(
      Float64Array.of(
        model.returnDeviation,
        model.calibration,
        model.meanReturn,
        model.longRunVariance,
        model.persistence,
      ),
    ),
    scaleTrees: encodeTrees(model.scaleTrees.trees),
    meanTrees: encodeTrees(model.meanTrees.trees),
  };
}

/** The inverse of {@link encodeGbArtifact}. @throws FitError `invalid_artifact`, naming what is wrong */
export function decodeGbArtifact(json: Json): GbArtifact {
  if (json === null || typeof json !== 'object' || Array.isArray(json)) throw invalid('not an object');
  const record = json as { readonly [key: string]: Json };
  if (record.name !== 'GB') throw invalid(`its name is ${JSON.stringify(record.name)}`);
  if (record.version !== VERSION) throw invalid(`its version is ${JSON.stringify(record.version)}`);
  if (JSON.stringify(record.features) !== JSON.stringify(FEATURE_NAMES)) {
    throw invalid(`its features are ${JSON.stringify(record.features)}`);
  }
  const [returnDeviation, calibration, meanReturn, longRunVariance, persistence] = readScalars(
    record.scalars,
  );
  return {
    hyperparameters: readHyperparameters(record.hyperparameters),
    model: {
      returnDeviation,
      scaleTrees: { base: 0, trees: decodeTrees(record.scaleTrees, FEATURE_NAMES.length) },
      calibration,
      meanReturn,
      meanTrees: { base: 0, trees: decodeTrees(record.meanTrees, FEATURE_NAMES.length) },
      longRunVariance,
      persistence,
    },
  };
}

function readScalars(json: Json): Float64Array {
  if (typeof json !== 'string') throw invalid('its scalars are missing');
  let scalars: Float64Array;
  try {
    scalars = decodeFloat64(json);
  } catch (error) {
    throw invalid(`its scalars cannot be decoded: ${(error as Error).message}`);
  }
  const count = 5;
  if (scalars.length !== count || !scalars.every(Number.isFinite)) {
    throw invalid(`its scalars are not ${count} finite numbers`);
  }
  return scalars;
}

function readHyperparameters(json: Json): GbHyperparameters {
  if (json === null || typeof json !== 'object') throw invalid('its hyperparameters are missing');
  try {
    return parseGbHyperparameters(json as Hyperparameters);
  } catch (error) {
    throw invalid((error as Error).message);
  }
}

function invalid(reason: string): FitError {
  return new FitError('invalid_artifact', `Not an artifact of GB: ${reason}`);
}
