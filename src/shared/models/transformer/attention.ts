import exp from '@stdlib/math-base-special-exp';

/** Of how many what attention is computed. */
export interface AttentionSizes {
  readonly width: number;
  /** A divisor of the width. */
  readonly heads: number;
  /** Bars of a sample, each with a key and a value. */
  readonly bars: number;
  /** Bars of a sample that ask, the last ones. */
  readonly queries: number;
}

/**
 * Scaled dot-product attention with several heads (Vaswani et al. 2017, equation 1 and section 3.2.2), between the maps to
 * queries, keys and values and the map of what the heads give. Every bar may attend to every other: all of them are known.
 */
export class Attention {
  /** Sample x query x width, of the last `forward`. */
  readonly result: Float64Array;
  readonly #sizes: AttentionSizes;
  /** Sample x head x query x bar; those of a query sum to 1. */
  readonly #weights: Float64Array;
  readonly #byWeights: Float64Array;

  /** @param samples at most */
  constructor(sizes: AttentionSizes, samples: number) {
    const { width, heads, bars, queries } = sizes;
    this.#sizes = sizes;
    this.result = new Float64Array(samples * queries * width);
    this.#weights = new Float64Array(samples * heads * queries * bars);
    this.#byWeights = new Float64Array(bars);
  }

  /** @param queries sample x query x width @param keys sample x bar x width @param values the same */
  forward(samples: number, queries: Float64Array, keys: Float64Array, values: Float64Array): void {
    const { width, heads, bars } = this.#sizes;
    const weights = this.#weights;
    const size = width / heads;
    const factor = 1 / Math.sqrt(size);
    for (let asked = 0; asked < samples * heads * this.#sizes.queries; asked++) {
      const { query, first } = this.#places(asked);
      const at = asked * bars;
      let largest = Number.NEGATIVE_INFINITY;
      for (let bar = 0; bar < bars; bar++) {
        let sum = 0;
        for (let j = 0; j < size; j++) sum += queries[query + j] * keys[first + bar * width + j];
        weights[at + bar] = sum * factor;
        largest = Math.max(largest, sum * factor);
      }
      let total = 0;
      for (let bar = 0; bar < bars; bar++) {
        weights[at + bar] = exp(weights[at + bar] - largest);
        total += weights[at + bar];
      }
      for (let j = 0; j < size; j++) this.result[query + j] = 0;
      for (let bar = 0; bar < bars; bar++) {
        const weight = weights[at + bar] / total;
        weights[at + bar] = weight;
        for (let j = 0; j < size; j++) this.result[query + j] += weight * values[first + bar * width + j];
      }
    }
  }

  /** Adds the derivatives by queries, keys and values of the last `forward`. @param byResult derivative by its result */
  backward(
    samples: number,
    queries: Float64Array,
    keys: Float64Array,
    values: Float64Array,
    byResult: Float64Array,
    byQueries: Float64Array,
    byKeys: Float64Array,
    byValues: Float64Array,
  ): void {
    const { width, heads, bars } = this.#sizes;
    const weights = this.#weights;
    const byWeights = this.#byWeights;
    const size = width / heads;
    const factor = 1 / Math.sqrt(size);
    for (let asked = 0; asked < samples * heads * this.#sizes.queries; asked++) {
      const { query, first } = this.#places(asked);
      const at = asked * bars;
      let mean = 0;
      for (let bar = 0; bar < bars; bar++) {
        const row = first + bar * width;
        const weight = weights[at + bar];
        let sum = 0;
        for (let j = 0; j < size; j++) {
          sum += byResult[query + j] * values[row + j];
          byValues[row + j] += weight * byResult[query + j];
        }
        byWeights[bar] = sum;
        mean += weight * sum;
      }
      for (let bar = 0; bar < bars; bar++) {
        const row = first + bar * width;
        // Through the softmax: weights compete.
        const slope = weights[at + bar] * (byWeights[bar] - mean) * factor;
        for (let j = 0; j < size; j++) {
          byQueries[query + j] += slope * keys[row + j];
          byKeys[row + j] += slope * queries[query + j];
        }
      }
    }
  }

  /** Where one head's query of one sample begins, and its key or value of the sample's first bar. */
  #places(asked: number): { readonly query: number; readonly first: number } {
    const { width, heads, bars, queries } = this.#sizes;
    const query = asked % queries;
    const head = Math.floor(asked / queries) % heads;
    const sample = Math.floor(asked / (queries * heads));
    const column = (head * width) / heads;
    return { query: (sample * queries + query) * width + column, first: sample * bars * width + column };
  }
}
