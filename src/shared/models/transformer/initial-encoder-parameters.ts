import type { SeededRandom } from '../../numerics/random.ts';
import { type EncoderShape, encoderLayout } from './encoder-shape.ts';

/**
 * Parameters before training: weights uniform within sqrt(6 / (inputs + outputs)) (Glorot and Bengio 2010), gains 1, biases and
 * shifts 0, heads 0, so that training starts from the linear path and no location.
 */
export function initialEncoderParameters(shape: EncoderShape, random: SeededRandom): Float32Array {
  const { inputs, width, feedForward } = shape;
  const layout = encoderLayout(shape);
  const parameters = new Float32Array(layout.length);
  const draw = (offset: number, outputs: number, of: number) => {
    const bound = Math.sqrt(6 / (of + outputs));
    for (let i = 0; i < outputs * of; i++) parameters[offset + i] = (2 * random.uniform() - 1) * bound;
  };
  const gains = (offset: number) => parameters.fill(1, offset, offset + width);
  draw(layout.embedding, width, inputs);
  for (const block of layout.blocks) {
    gains(block.attentionNorm);
    for (const map of [block.query, block.key, block.value, block.output]) draw(map, width, width);
    gains(block.feedForwardNorm);
    draw(block.expand, feedForward, width);
    draw(block.contract, width, feedForward);
  }
  gains(layout.outputNorm);
  return parameters;
}
