import type { Json } from '../../../json.ts';
import { CODE_VERSION } from '../../../version.ts';
import type { NetworkShape } from '../network-shape.ts';
import type { LayersModelJson } from './layers-model-json.ts';
import { layersModelTopology } from './layers-model-topology.ts';
import { layersModelWeights } from './layers-model-weights.ts';

/**
 * A network as a LayersModel: `model.json`, and the bytes of its weights in the order of the manifest.
 *
 * @param shape with at least one skip input
 * @param parameters see `parameterLayout`
 * @param weightsPath name of the weights' file, relative to that of `model.json`
 * @param metadata becomes `userDefinedMetadata`; default none
 */
export function toLayersModel(
  shape: NetworkShape,
  parameters: Float32Array,
  weightsPath: string,
  metadata?: Json,
): { readonly model: LayersModelJson; readonly weights: Uint8Array<ArrayBuffer> } {
  const places = layersModelWeights(shape);
  const count = places.reduce((sum, { indices }) => sum + indices.length, 0);
  const weights = new Uint8Array(count * 4);
  const view = new DataView(weights.buffer);
  let at = 0;
  for (const { indices } of places) {
    for (const index of indices) {
      view.setFloat32(at, parameters[index], true);
      at += 4;
    }
  }
  const model: LayersModelJson = {
    format: 'layers-model',
    generatedBy: `Plumbline ${CODE_VERSION}`,
    convertedBy: null,
    modelTopology: layersModelTopology(shape),
    weightsManifest: [
      {
        paths: [weightsPath],
        weights: places.map(({ name, shape }) => ({ name, shape, dtype: 'float32' })),
      },
    ],
    ...(metadata === undefined ? {} : { userDefinedMetadata: metadata }),
  };
  return { model, weights };
}
