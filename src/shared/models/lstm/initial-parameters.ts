import type { SeededRandom } from '../../numerics/random.ts';
import { type NetworkShape, parameterLayout } from './network-shape.ts';

/**
 * Parameters before training: recurrent weights uniform within 1 / sqrt(hidden), forget biases 1 (Jozefowicz, Zaremba and
 * Sutskever 2015), heads 0, so that training starts from the volatility known at the cutoff and no location.
 */
export function initialParameters(shape: NetworkShape, random: SeededRandom): Float64Array {
  const layout = parameterLayout(shape);
  const parameters = new Float64Array(layout.length);
  const bound = 1 / Math.sqrt(shape.hidden);
  for (let i = 0; i < layout.location; i++) parameters[i] = (2 * random.uniform() - 1) * bound;
  for (let k = 0; k < shape.hidden; k++) {
    const bias = (k * layout.row + layout.row - 1) * 4;
    for (let gate = 0; gate < 4; gate++) parameters[bias + gate] = gate === 1 ? 1 : 0;
  }
  return parameters;
}
