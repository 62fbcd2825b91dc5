import { Attention } from './attention.ts';
import { type DenseMap, mapRows, mapRowsBackward } from './dense-map.ts';
import type { BlockLayout, EncoderShape } from './encoder-shape.ts';
import { LayerNorm } from './layer-norm.ts';

/**
 * A block of an encoder: self-attention and a feed forward with rectified linear units, each added to what goes into it (Vaswani
 * et al. 2017, section 3.1), with the layer norms before them (Xiong et al. 2020), so that training needs no warm-up.
 *
 * Only the last `queries` bars are computed: of the last block nothing else is read.
 */
export class EncoderBlock {
  /** Sample x query x width, of the last `forward`. */
  readonly result: Float64Array;
  readonly #shape: EncoderShape;
  readonly #queries: number;
  readonly #attentionNorm: LayerNorm;
  readonly #feedForwardNorm: LayerNorm;
  readonly #attention: Attention;
  readonly #maps: Readonly<Record<'query' | 'key' | 'value' | 'output' | 'expand' | 'contract', DenseMap>>;
  /** The bars that ask, after the norm. */
  readonly #asking: Float64Array;
  readonly #query: Float64Array;
  readonly #key: Float64Array;
  readonly #value: Float64Array;
  /** What attention was added to. */
  readonly #middle: Float64Array;
  readonly #expanded: Float64Array;
  /** Derivatives by what their names say; held, because anew for every batch they would be most of a fit's garbage. */
  readonly #by: Readonly<
    Record<
      | 'expanded'
      | 'feedForward'
      | 'middle'
      | 'attention'
      | 'query'
      | 'asking'
      | 'key'
      | 'value'
      | 'normed'
      | 'bars',
      Float64Array
    >
  >;

  /** @param samples at most @param queries 1 to the lookback */
  constructor(shape: EncoderShape, layout: BlockLayout, samples: number, queries: number) {
    const { width, heads, feedForward, lookback } = shape;
    const rows = samples * lookback;
    const asking = samples * queries;
    const map = (offset: number, outputs: number, inputs: number, biased: boolean): DenseMap => ({
      ...{ offset, inputs, outputs, biased },
    });
    this.#shape = shape;
    this.#queries = queries;
    this.#attentionNorm = new LayerNorm(layout.attentionNorm, width, rows);
    this.#feedForwardNorm = new LayerNorm(layout.feedForwardNorm, width, asking);
    this.#attention = new Attention({ width, heads, bars: lookback, queries }, samples);
    this.#maps = {
      query: map(layout.query, width, width, false),
      key: map(layout.key, width, width, false),
      value: map(layout.value, width, width, false),
      output: map(layout.output, width, width, false),
      expand: map(layout.expand, feedForward, width, true),
      contract: map(layout.contract, width, feedForward, true),
    };
    this.#asking = new Float64Array(asking * width);
    this.#query = new Float64Array(asking * width);
    this.#key = new Float64Array(rows * width);
    this.#value = new Float64Array(rows * width);
    this.#middle = new Float64Array(asking * width);
    this.#expanded = new Float64Array(asking * feedForward);
    this.result = new Float64Array(asking * width);
    this.#by = {
      expanded: new Float64Array(asking * feedForward),
      feedForward: new Float64Array(asking * width),
      middle: new Float64Array(asking * width),
      attention: new Float64Array(asking * width),
      query: new Float64Array(asking * width),
      asking: new Float64Array(asking * width),
      key: new Float64Array(rows * width),
      value: new Float64Array(rows * width),
      normed: new Float64Array(rows * width),
      bars: new Float64Array(rows * width),
    };
  }

  /** @param bars sample x bar x width */
  forward(parameters: Float32Array, samples: number, bars: Float64Array): void {
    const { width, feedForward, lookback } = this.#shape;
    const rows = samples * lookback;
    const asking = samples * this.#queries;
    const { query, key, value, output, expand, contract } = this.#maps;
    this.#attentionNorm.forward(parameters, rows, bars);
    const normed = this.#attentionNorm.result;
    this.#eachAsking(samples, (row, from) => {
      for (let j = 0; j < width; j++) this.#asking[row + j] = normed[from + j];
    });
    mapRows(query, parameters, asking, this.#asking, this.#query);
    mapRows(key, parameters, rows, normed, this.#key);
    mapRows(value, parameters, rows, normed, this.#value);
    this.#attention.forward(samples, this.#query, this.#key, this.#value);
    mapRows(output, parameters, asking, this.#attention.result, this.#middle);
    this.#eachAsking(samples, (row, from) => {
      for (let j = 0; j < width; j++) this.#middle[row + j] += bars[from + j];
    });

    this.#feedForwardNorm.forward(parameters, asking, this.#middle);
    mapRows(expand, parameters, asking, this.#feedForwardNorm.result, this.#expanded);
    for (let i = 0; i < asking * feedForward; i++) this.#expanded[i] = Math.max(0, this.#expanded[i]);
    mapRows(contract, parameters, asking, this.#expanded, this.result);
    for (let i = 0; i < asking * width; i++) this.result[i] += this.#middle[i];
  }

  /**
   * Adds to `gradient` the derivative by the block's parameters.
   *
   * @param byResult derivative by the result of the last `forward`
   * @returns that by its bars; held until the next call
   */
  backward(
    parameters: Float32Array,
    gradient: Float64Array,
    samples: number,
    byResult: Float64Array,
  ): Float64Array {
    const { width, feedForward, lookback } = this.#shape;
    const rows = samples * lookback;
    const asking = samples * this.#queries;
    const { query, key, value, output, expand, contract } = this.#maps;
    const by = this.#by;
    for (const derivative of Object.values(by)) derivative.fill(0);

    mapRowsBackward(contract, parameters, gradient, asking, this.#expanded, byResult, by.expanded);
    for (let i = 0; i < asking * feedForward; i++) if (this.#expanded[i] === 0) by.expanded[i] = 0;
    const forward = this.#feedForwardNorm;
    mapRowsBackward(expand, parameters, gradient, asking, forward.result, by.expanded, by.feedForward);
    for (let i = 0; i < asking * width; i++) by.middle[i] = byResult[i];
    forward.backward(parameters, gradient, asking, by.feedForward, by.middle);

    mapRowsBackward(output, parameters, gradient, asking, this.#attention.result, by.middle, by.attention);
    this.#attention.backward(
      ...([samples, this.#query, this.#key, this.#value, by.attention] as const),
      ...([by.query, by.key, by.value] as const),
    );
    const { result: normed } = this.#attentionNorm;
    mapRowsBackward(query, parameters, gradient, asking, this.#asking, by.query, by.asking);
    mapRowsBackward(key, parameters, gradient, rows, normed, by.key, by.normed);
    mapRowsBackward(value, parameters, gradient, rows, normed, by.value, by.normed);
    this.#eachAsking(samples, (row, from) => {
      for (let j = 0; j < width; j++) {
        by.normed[from + j] += by.asking[row + j];
        by.bars[from + j] += by.middle[row + j];
      }
    });
    this.#attentionNorm.backward(parameters, gradient, rows, by.normed, by.bars);
    return by.bars;
  }

  /** For every bar that asks: where its row begins among those that ask, and among all bars. */
  #eachAsking(samples: number, use: (row: number, from: number) => void): void {
    const { width, lookback } = this.#shape;
    const queries = this.#queries;
    for (let sample = 0; sample < samples; sample++) {
      for (let query = 0; query < queries; query++) {
        use((sample * queries + query) * width, ((sample + 1) * lookback - queries + query) * width);
      }
    }
  }
}
