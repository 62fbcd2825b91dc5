import { GATES, type NetworkShape, parameterLayout, weightIndex } from '../network-shape.ts';

/** One weight of the LayersModel, and where its values are among a network's parameters. */
export interface WeightPlace {
  /** Layer and weight, as Keras names them. */
  readonly name: string;
  readonly shape: readonly number[];
  /** For each value in row-major order, its index in the parameters. */
  readonly indices: Int32Array;
}

/** The name of a recurrent layer, 0 the lowest. */
export function lstmLayerName(layer: number): string {
  return `lstm_${layer}`;
}

/**
 * Every weight of a network as Keras has it: a recurrent layer's are `kernel` [inputs, 4 x hidden], `recurrent_kernel`
 * [hidden, 4 x hidden] and `bias` [4 x hidden], whose columns are gate by gate (input, forget, candidate, output) and
 * within a gate unit by unit; a head's are `kernel` [inputs, 1] and `bias` [1].
 *
 * All parameters that the layout uses occur once.
 */
export function layersModelWeights(shape: NetworkShape): WeightPlace[] {
  const { hidden, skipInputs } = shape;
  const layout = parameterLayout(shape);
  const columns = GATES.length * hidden;
  const places: WeightPlace[] = [];
  layout.layers.forEach((layer, l) => {
    /** `rows` entries of the row from `entry` on. */
    const indices = (entry: number, rows: number) =>
      Int32Array.from({ length: rows * columns }, (_, i) => {
        const column = i % columns;
        const gate = Math.floor(column / hidden);
        return weightIndex(layer, column % hidden, gate, entry + Math.floor(i / columns));
      });
    const name = lstmLayerName(l);
    const { inputs } = layer;
    places.push(
      { name: `${name}/kernel`, shape: [inputs, columns], indices: indices(hidden, inputs) },
      { name: `${name}/recurrent_kernel`, shape: [hidden, columns], indices: indices(0, hidden) },
      { name: `${name}/bias`, shape: [columns], indices: indices(hidden + inputs, 1) },
    );
  });
  const head = (name: string, offset: number, inputs: number) => {
    const from = (first: number, length: number) => Int32Array.from({ length }, (_, i) => first + i);
    places.push(
      { name: `${name}/kernel`, shape: [inputs, 1], indices: from(offset, inputs) },
      { name: `${name}/bias`, shape: [1], indices: from(offset + inputs, 1) },
    );
  };
  head('location', layout.location, hidden);
  head('logScale', layout.logScale, hidden + skipInputs);
  return places;
}
