import type { SeededRandom } from '../../numerics/random.ts';
import { GATES, type NetworkShape, parameterLayout, weightIndex } from './network-shape.ts';

const FORGET = GATES.indexOf('forget');

/**
 * Parameters before training: recurrent weights uniform within 1 / sqrt(hidden), forget biases 1 (Jozefowicz, Zaremba and
 * Sutskever 2015), heads 0, so that training starts from the linear path and no location.
 */
export function initialParameters(shape: NetworkShape, random: SeededRandom): Float32Array {
  const layout = parameterLayout(shape);
  const parameters = new Float32Array(layout.length);
  const bound = 1 / Math.sqrt(shape.hidden);
  for (const layer of layout.layers) {
    const bias = shape.hidden + layer.inputs;
    for (let unit = 0; unit < shape.hidden; unit++) {
      for (let entry = 0; entry < bias; entry++) {
        for (let gate = 0; gate < GATES.length; gate++) {
          parameters[weightIndex(layer, unit, gate, entry)] = (2 * random.uniform() - 1) * bound;
        }
      }
      parameters[weightIndex(layer, unit, FORGET, bias)] = 1;
    }
  }
  return parameters;
}
