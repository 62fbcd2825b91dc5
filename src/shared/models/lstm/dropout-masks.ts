import type { SeededRandom } from '../../numerics/random.ts';
import type { NetworkShape } from './network-shape.ts';

/**
 * Fills the kernel's masks for the samples 0 to `count` - 1: each unit of each layer's output is dropped with probability
 * `rate`, else scaled by 1 / (1 - rate). A mask is the same at every bar of a sample (Gal and Ghahramani 2016).
 *
 * @param masks layer x sample x unit, with room for `stride` samples a layer
 * @param randomOf the generator of a sample's mask; may be the same for all
 */
export function fillDropoutMasks(
  masks: Float32Array,
  shape: NetworkShape,
  stride: number,
  count: number,
  rate: number,
  randomOf: (sample: number) => SeededRandom,
): void {
  const { hidden, layers } = shape;
  const kept = 1 / (1 - rate);
  for (let sample = 0; sample < count; sample++) {
    const random = randomOf(sample);
    for (let layer = 0; layer < layers; layer++) {
      const from = (layer * stride + sample) * hidden;
      for (let unit = 0; unit < hidden; unit++) masks[from + unit] = random.uniform() < rate ? 0 : kept;
    }
  }
}
