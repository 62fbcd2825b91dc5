import type { Json } from '../../../json.ts';

/** One weight as a weights manifest lists it; its values are row-major, little-endian. */
export interface LayersModelWeight {
  readonly name: string;
  readonly shape: readonly number[];
  readonly dtype: 'float32';
}

/**
 * `model.json` of the LayersModel format of TensorFlow.js, as `tf.loadLayersModel` reads it and `model.save` writes it: the
 * topology in the form of Keras 2 beside a list of the weights, whose bytes are in files of their own.
 *
 * Source: `ModelJSON` in https://github.com/tensorflow/tfjs/blob/tfjs-v4.22.0/tfjs-core/src/io/types.ts.
 */
export interface LayersModelJson {
  readonly format: 'layers-model';
  readonly generatedBy: string;
  readonly convertedBy: string | null;
  readonly modelTopology: Json;
  /** The weights of a group are in its files, one after the other. */
  readonly weightsManifest: readonly {
    readonly paths: readonly string[];
    readonly weights: readonly LayersModelWeight[];
  }[];
  /** What is not the network; TensorFlow.js keeps it through load and save. */
  readonly userDefinedMetadata?: Json;
}
