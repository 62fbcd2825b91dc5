import type { Json } from '../../../json.ts';
import { encodeFloat32 } from '../../../numerics/float32-codec.ts';
import { decodeNetworkArtifact, encodeNetworkArtifact } from '../../networks/network-artifact.ts';
import { lstmNetworks } from '../lstm-networks.ts';
import { type NetworkShape, networkShape } from '../network-shape.ts';
import { fromLayersModel, weightPaths } from './from-layers-model.ts';
import { invalidLayersModel } from './invalid-layers-model.ts';
import { toLayersModel } from './to-layers-model.ts';

/** Files by name, all in one directory. */
export type LstmFiles = Readonly<Record<string, Uint8Array<ArrayBuffer>>>;

const modelFile = (network: number) => `model-${network}.json`;
const weightsFile = (network: number) => `weights-${network}.bin`;

/**
 * A fitted LSTM as LayersModels, one a network: `model-0.json` and `weights-0.bin` and so on, each of which
 * `tf.loadLayersModel` takes by itself.
 *
 * What else a forecast needs (scaling of inputs, residuals, hyperparameters, cutoff) stands in the
 * `userDefinedMetadata` of every `model.json`, under `plumbline`, so that {@link importLstm} gives the artifact back
 * to the bit. The outputs of a model are in units of what the linear path expects at the cutoff, and `logScale` is
 * without the bounds of a forecast (4 either way).
 *
 * @param artifact of a fitted LSTM: what its `toJSON` gives
 * @throws FitError `invalid_artifact`
 */
export function exportLstm(artifact: Json): LstmFiles {
  const decoded = decodeNetworkArtifact(lstmNetworks, artifact);
  const shape = networkShape(decoded.hyperparameters);
  const { networks: _, ...others } = encodeNetworkArtifact(lstmNetworks, decoded) as {
    readonly [key: string]: Json;
  };
  const files: Record<string, Uint8Array<ArrayBuffer>> = {};
  decoded.networks.forEach((parameters, network) => {
    const metadata = { plumbline: { network, artifact: others } };
    const { model, weights } = toLayersModel(shape, parameters, weightsFile(network), metadata);
    files[modelFile(network)] = new TextEncoder().encode(`${JSON.stringify(model)}\n`);
    files[weightsFile(network)] = weights;
  });
  return files;
}

/**
 * The artifact of an LSTM from its LayersModels. Files with other names are not looked at.
 *
 * @throws FitError `invalid_artifact`, naming file and reason
 */
export function importLstm(files: LstmFiles): Json {
  const networks: Float32Array[] = [];
  const shapes: NetworkShape[] = [];
  let others: Json = null;
  do {
    const network = networks.length;
    const model = parseModel(files, modelFile(network));
    const { shape, parameters } = fromLayersModel(model, concatenated(files, weightPaths(model)));
    const metadata = readMetadata(model);
    if (metadata?.network !== network) {
      throw invalidLayersModel(
        `the metadata of ${modelFile(network)} is not that of network ${network} of a fitted LSTM`,
      );
    }
    if (network === 0) others = metadata.artifact;
    else if (JSON.stringify(metadata.artifact) !== JSON.stringify(others)) {
      throw invalidLayersModel(`${modelFile(network)} and ${modelFile(0)} are of different fits`);
    }
    networks.push(parameters);
    shapes.push(shape);
  } while (Object.hasOwn(files, modelFile(networks.length)));

  return joinArtifact(others, networks, shapes);
}

function joinArtifact(
  others: Json,
  networks: readonly Float32Array[],
  shapes: readonly NetworkShape[],
): Json {
  // Decoded once, which checks all of it.
  const decoded = decodeNetworkArtifact(lstmNetworks, {
    ...(others as object),
    networks: networks.map(encodeFloat32),
  });
  const expected = JSON.stringify(orderedSizes(networkShape(decoded.hyperparameters)));
  shapes.forEach((shape, network) => {
    const given = JSON.stringify(orderedSizes(shape));
    if (given !== expected) {
      throw invalidLayersModel(
        `${modelFile(network)} has the sizes ${given}, but its hyperparameters ask for ${expected}`,
      );
    }
  });
  return encodeNetworkArtifact(lstmNetworks, decoded);
}

/** A shape with its sizes in one order. */
function orderedSizes({ inputs, hidden, layers, lookback, skipInputs }: NetworkShape): NetworkShape {
  return { inputs, hidden, layers, lookback, skipInputs };
}

function requireFile(files: LstmFiles, name: string): Uint8Array<ArrayBuffer> {
  if (Object.hasOwn(files, name)) return files[name];
  throw invalidLayersModel(`the file ${name} is missing`);
}

function parseModel(files: LstmFiles, name: string): unknown {
  const text = new TextDecoder().decode(requireFile(files, name));
  try {
    return JSON.parse(text);
  } catch (error) {
    throw invalidLayersModel(`${name} is not JSON: ${(error as Error).message}`);
  }
}

function concatenated(files: LstmFiles, names: readonly string[]): Uint8Array {
  const parts = names.map((name) => requireFile(files, name));
  const bytes = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    bytes.set(part, at);
    at += part.length;
  }
  return bytes;
}

function readMetadata(model: unknown): { readonly network: unknown; readonly artifact: Json } | undefined {
  const { userDefinedMetadata } = model as { userDefinedMetadata?: { plumbline?: unknown } | null };
  const metadata = userDefinedMetadata?.plumbline;
  if (metadata === null || typeof metadata !== 'object') return undefined;
  return metadata as { network: unknown; artifact: Json };
}
