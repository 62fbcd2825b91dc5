import {
  type NetworkShape,
  parameterLayout,
  weightIndex,
} from '../../../../src/shared/models/lstm/network-shape.ts';

/** One sample under the twin. */
export interface TwinSample {
  readonly location: number;
  /** Without its bounds. */
  readonly logScale: number;
  readonly loss: number;
}

type Vector = number[];

const logistic = (x: number) => 1 / (1 + Math.exp(-x));
const zeros = (n: number): Vector => new Array<number>(n).fill(0);

/**
 * The kernel's slow twin: a stack of LSTM layers and its heads as the textbook has them, one sample and one gate at a time,
 * in double precision, with the platform's functions. It shares with the kernel only where a parameter is kept.
 */
export class LstmTwin {
  readonly #shape: NetworkShape;
  readonly #parameters: Float64Array;
  readonly #freedom: number;

  constructor(shape: NetworkShape, parameters: ArrayLike<number>, degreesOfFreedom: number) {
    this.#shape = shape;
    this.#parameters = Float64Array.from(parameters);
    this.#freedom = degreesOfFreedom;
  }

  /**
   * Loss of one sample, and its derivative by every parameter.
   *
   * @param bars the sample's rows of inputs
   * @param masks of each layer's output; 1 where none is given
   */
  sample(
    bars: readonly Vector[],
    skip: Vector,
    target: number,
    masks?: readonly Vector[],
  ): TwinSample & { readonly gradient: Float64Array } {
    const { hidden, layers: layerCount, lookback } = this.#shape;
    const layout = parameterLayout(this.#shape);
    const p = this.#parameters;
    const gradient = new Float64Array(p.length);
    const units = [...zeros(hidden).keys()];
    const mask = (layer: number, unit: number) => masks?.[layer][unit] ?? 1;

    // h, c and gates by layer and step; step 0 of h and c is the state before the first bar.
    const h: Vector[][] = [];
    const c: Vector[][] = [];
    const gates: Vector[][][] = [];
    const rows: Vector[][] = [];
    let inputs: readonly Vector[] = bars;
    for (let layer = 0; layer < layerCount; layer++) {
      h[layer] = [zeros(hidden)];
      c[layer] = [zeros(hidden)];
      gates[layer] = [];
      rows[layer] = [];
      for (let t = 0; t < lookback; t++) {
        const row = [...h[layer][t], ...inputs[t], 1];
        const sum = (unit: number, gate: number) =>
          row.reduce(
            (total, value, entry) => total + value * p[weightIndex(layout.layers[layer], unit, gate, entry)],
            0,
          );
        const gate = units.map((unit) => [
          logistic(sum(unit, 0)),
          logistic(sum(unit, 1)),
          Math.tanh(sum(unit, 2)),
          logistic(sum(unit, 3)),
        ]);
        const cell = units.map((unit) => gate[unit][1] * c[layer][t][unit] + gate[unit][0] * gate[unit][2]);
        rows[layer].push(row);
        gates[layer].push(gate);
        c[layer].push(cell);
        h[layer].push(units.map((unit) => gate[unit][3] * Math.tanh(cell[unit])));
      }
      inputs = h[layer].slice(1).map((state) => state.map((value, unit) => value * mask(layer, unit)));
    }

    const output = inputs[lookback - 1];
    const { location: toLocation, logScale: toLogScale } = layout;
    const direct = [...output, ...skip, 1];
    const location = [...output, 1].reduce((total, value, j) => total + value * p[toLocation + j], 0);
    const logScale = direct.reduce((total, value, j) => total + value * p[toLogScale + j], 0);
    const bounded = Math.max(-4, Math.min(4, logScale));
    const v = this.#freedom;
    const z = (target - location) / Math.exp(bounded);
    const loss = bounded + ((v + 1) / 2) * Math.log(1 + (z * z) / v);

    const byLocation = (-((v + 1) * z) / (v + z * z)) * Math.exp(-bounded);
    const byLogScale = bounded === logScale ? 1 - ((v + 1) * z * z) / (v + z * z) : 0;
    [...output, 1].forEach((value, j) => {
      gradient[toLocation + j] = byLocation * value;
    });
    direct.forEach((value, j) => {
      gradient[toLogScale + j] = byLogScale * value;
    });
    let byOutput: Vector[] = Array.from({ length: lookback }, () => zeros(hidden));
    byOutput[lookback - 1] = units.map(
      (unit) => byLocation * p[toLocation + unit] + byLogScale * p[toLogScale + unit],
    );

    for (let layer = layerCount - 1; layer >= 0; layer--) {
      const at = layout.layers[layer];
      const byInputs: Vector[] = [];
      let byHidden = zeros(hidden);
      let byCell = zeros(hidden);
      for (let t = lookback - 1; t >= 0; t--) {
        const byRow = zeros(rows[layer][t].length);
        const before = zeros(hidden);
        for (const unit of units) {
          const [i, f, g, o] = gates[layer][t][unit];
          const squashed = Math.tanh(c[layer][t + 1][unit]);
          const dh = byHidden[unit] + byOutput[t][unit] * mask(layer, unit);
          const dc = byCell[unit] + dh * o * (1 - squashed * squashed);
          const slopes = [
            dc * g * i * (1 - i),
            dc * c[layer][t][unit] * f * (1 - f),
            dc * i * (1 - g * g),
            dh * squashed * o * (1 - o),
          ];
          before[unit] = dc * f;
          slopes.forEach((slope, gate) => {
            rows[layer][t].forEach((value, entry) => {
              const k = weightIndex(at, unit, gate, entry);
              gradient[k] += slope * value;
              byRow[entry] += slope * p[k];
            });
          });
        }
        byHidden = byRow.slice(0, hidden);
        byInputs[t] = byRow.slice(hidden, hidden + at.inputs);
        byCell = before;
      }
      byOutput = byInputs;
    }
    return { location, logScale, loss, gradient };
  }
}
