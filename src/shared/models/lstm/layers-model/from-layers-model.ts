import { type NetworkShape, parameterLayout } from '../network-shape.ts';
import { invalidLayersModel } from './invalid-layers-model.ts';
import { readTopology } from './layers-model-topology.ts';
import { layersModelWeights } from './layers-model-weights.ts';

/** A network as it was before `toLayersModel`. */
export interface ImportedNetwork {
  readonly shape: NetworkShape;
  /** To the bit; what the layout does not use is 0. */
  readonly parameters: Float32Array<ArrayBuffer>;
}

/**
 * The inverse of `toLayersModel`; it also takes what TensorFlow.js saves after it has loaded such a model. Weights may stand
 * in any order.
 *
 * @param model the value of `model.json`
 * @param weights bytes of all files of the manifest, one after the other
 * @throws FitError `invalid_artifact`, naming what is wrong: another topology, a weight that is missing, not expected, of
 *   another shape or type, not finite, or bytes that are too few or too many
 */
export function fromLayersModel(model: unknown, weights: Uint8Array): ImportedNetwork {
  const { format, modelTopology } = (model ?? {}) as { format?: unknown; modelTopology?: unknown };
  if (format !== 'layers-model') throw invalidLayersModel(`its format is ${JSON.stringify(format)}`);
  const shape = readTopology(modelTopology);
  const places = new Map(layersModelWeights(shape).map((place) => [place.name, place]));
  const parameters = new Float32Array(parameterLayout(shape).length);
  const view = new DataView(weights.buffer, weights.byteOffset, weights.byteLength);
  let at = 0;
  for (const spec of listedWeights(model)) {
    const place = places.get(spec.name as string);
    if (place === undefined) throw invalidLayersModel(`its weight ${spec.name} is unknown or there twice`);
    places.delete(place.name);
    if (JSON.stringify(spec.shape) !== JSON.stringify(place.shape)) {
      throw invalidLayersModel(
        `its weight ${place.name} has the shape ${JSON.stringify(spec.shape)}, not ${JSON.stringify(place.shape)}`,
      );
    }
    if (spec.dtype !== 'float32' || spec.quantization !== undefined) {
      throw invalidLayersModel(`its weight ${place.name} is not of float32, or quantized`);
    }
    if (at + 4 * place.indices.length > weights.length) {
      throw invalidLayersModel(`its ${weights.length} bytes of weights end within ${place.name}`);
    }
    for (const index of place.indices) {
      const value = view.getFloat32(at, true);
      if (!Number.isFinite(value)) throw invalidLayersModel(`its weight ${place.name} is not all finite`);
      parameters[index] = value;
      at += 4;
    }
  }
  const [missing] = places.keys();
  if (missing !== undefined) throw invalidLayersModel(`its weight ${missing} is missing`);
  if (at !== weights.length) {
    throw invalidLayersModel(`it has ${weights.length} bytes of weights, but its manifest lists ${at}`);
  }
  return { shape, parameters };
}

/** Names of the files of the weights, in order. @throws FitError `invalid_artifact` */
export function weightPaths(model: unknown): string[] {
  return groups(model).flatMap(({ paths }) => {
    if (Array.isArray(paths) && paths.every((path) => typeof path === 'string')) return paths;
    throw invalidLayersModel('its weights manifest does not name the files of its weights');
  });
}

type Spec = Readonly<Record<'name' | 'shape' | 'dtype' | 'quantization', unknown>>;

function listedWeights(model: unknown): Spec[] {
  return groups(model).flatMap(({ weights }) => {
    if (Array.isArray(weights) && weights.every((spec) => spec !== null && typeof spec === 'object')) {
      return weights as Spec[];
    }
    throw invalidLayersModel('its weights manifest does not list its weights');
  });
}

function groups(model: unknown): { readonly paths?: unknown; readonly weights?: unknown }[] {
  const { weightsManifest } = (model ?? {}) as { weightsManifest?: unknown };
  if (!Array.isArray(weightsManifest)) throw invalidLayersModel('its weights manifest is missing');
  return weightsManifest.map((group) => group ?? {});
}
