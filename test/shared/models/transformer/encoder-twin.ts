import type { NetworkData } from '../../../../src/shared/models/networks/network.ts';
import { type EncoderShape, encoderLayout } from '../../../../src/shared/models/transformer/encoder-shape.ts';

type Vector = readonly number[];
type Matrix = readonly Vector[];

const dot = (a: Vector, b: Vector) => a.reduce((sum, value, i) => sum + value * b[i], 0);
const plus = (a: Vector, b: Vector) => a.map((value, i) => value + b[i]);

/**
 * The encoder's slow twin: Vaswani et al. (2017) as it is written, every bar through every block, one sample at a time, with the
 * platform's functions. It shares with the encoder only where a parameter is kept.
 */
export class EncoderTwin {
  readonly #shape: EncoderShape;
  readonly #parameters: Vector;
  readonly #data: NetworkData;

  constructor(shape: EncoderShape, parameters: ArrayLike<number>, data: NetworkData) {
    this.#shape = shape;
    this.#parameters = Array.from(parameters);
    this.#data = data;
  }

  /** Of the sample that ends at `bar`; the log scale without its bounds. */
  forecast(bar: number): { readonly location: number; readonly logScale: number } {
    const { inputs, width, lookback, skipInputs } = this.#shape;
    const layout = encoderLayout(this.#shape);
    const row = (of: Float32Array, at: number, columns: number) =>
      Array.from(of.slice(at * columns, (at + 1) * columns));
    let bars: Matrix = Array.from({ length: lookback }, (_, t) =>
      plus(
        this.#map(layout.embedding, width, true, row(this.#data.inputs, bar - lookback + 1 + t, inputs)),
        Array.from({ length: width }, (_, column) => {
          const angle = t / 10_000 ** ((column - (column % 2)) / width);
          return column % 2 === 0 ? Math.sin(angle) : Math.cos(angle);
        }),
      ),
    );
    for (const block of layout.blocks) {
      const normed = bars.map((x) => this.#norm(block.attentionNorm, x));
      const attended = this.#attention(
        normed.map((x) => this.#map(block.query, width, false, x)),
        normed.map((x) => this.#map(block.key, width, false, x)),
        normed.map((x) => this.#map(block.value, width, false, x)),
      );
      bars = bars.map((x, t) => plus(x, this.#map(block.output, width, false, attended[t])));
      bars = bars.map((x) => {
        const expanded = this.#map(
          block.expand,
          this.#shape.feedForward,
          true,
          this.#norm(block.feedForwardNorm, x),
        );
        return plus(
          x,
          this.#map(
            block.contract,
            width,
            true,
            expanded.map((value) => Math.max(0, value)),
          ),
        );
      });
    }
    const output = this.#norm(layout.outputNorm, bars[lookback - 1]);
    const at = (offset: number, length: number) => this.#parameters.slice(offset, offset + length);
    const direct = [...output, ...row(this.#data.skip, bar, skipInputs), 1];
    return {
      location: dot([...output, 1], at(layout.location, width + 1)),
      logScale: dot(direct, at(layout.logScale, direct.length)),
    };
  }

  /** Summed negative log-likelihood of a Student t with 6 degrees of freedom, without its constant. */
  loss(samples: ArrayLike<number>): number {
    return Array.from(samples).reduce((sum, bar) => {
      const { location, logScale } = this.forecast(bar);
      const z = (this.#data.targets[bar] - location) / Math.exp(logScale);
      return sum + logScale + 3.5 * Math.log(1 + (z * z) / 6);
    }, 0);
  }

  #map(offset: number, outputs: number, biased: boolean, x: Vector): Vector {
    const p = this.#parameters;
    return Array.from({ length: outputs }, (_, output) => {
      const from = offset + output * x.length;
      const bias = biased ? p[offset + outputs * x.length + output] : 0;
      return bias + dot(x, p.slice(from, from + x.length));
    });
  }

  #norm(offset: number, x: Vector): Vector {
    const p = this.#parameters;
    const mean = x.reduce((sum, value) => sum + value, 0) / x.length;
    const variance = x.reduce((sum, value) => sum + (value - mean) ** 2, 0) / x.length;
    return x.map(
      (value, j) => (p[offset + j] * (value - mean)) / Math.sqrt(variance + 1e-5) + p[offset + x.length + j],
    );
  }

  /** softmax(Q K' / sqrt(size)) V for each head's columns. */
  #attention(queries: Matrix, keys: Matrix, values: Matrix): Matrix {
    const { width, heads } = this.#shape;
    const size = width / heads;
    return queries.map((query) =>
      Array.from({ length: heads }, (_, head) => {
        const part = (x: Vector) => x.slice(head * size, (head + 1) * size);
        const weights = keys.map((key) => Math.exp(dot(part(query), part(key)) / Math.sqrt(size)));
        const total = weights.reduce((sum, weight) => sum + weight, 0);
        return values
          .map((value, t) => part(value).map((entry) => (entry * weights[t]) / total))
          .reduce(plus);
      }).flat(),
    );
  }
}
