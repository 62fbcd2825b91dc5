import type { ScoredPart, ScoredWindow } from '../../../src/shared/evaluation/scored-window.ts';
import { SeededRandom } from '../../../src/shared/numerics/random.ts';
import { crpsNormal } from '../scores/reference/crps-normal.ts';

/** Bars of train, validation and test. */
const SIZES = { train: 750, validation: 250, test: 250 } as const;
type PartName = keyof typeof SIZES;

/** What a model may look at when it forecasts bar `i` of a part; honest ones do not look at `returns[i]` or beyond. */
export interface SimulatedPart {
  readonly name: PartName;
  readonly returns: Float64Array;
  /** The true volatility of each bar, given the bars before. */
  readonly volatility: Float64Array;
}

export type Model = (part: SimulatedPart, i: number, random: SeededRandom) => { mean: number; scale: number };

/**
 * GARCH(1,1) returns of 1 % a bar (alpha 0.08, beta 0.9), volatility in test multiplied by `shift` from its first bar on,
 * scored for a model and for a benchmark that knows the true volatility.
 */
export function simulatedWindow(seed: number, shift: number, model: Model): ScoredWindow {
  const random = new SeededRandom(seed);
  let variance = 1e-4;
  const scored = (name: PartName): ScoredPart => {
    const factor = name === 'test' ? shift : 1;
    const returns = new Float64Array(SIZES[name]);
    const volatility = new Float64Array(SIZES[name]);
    for (let i = 0; i < SIZES[name]; i++) {
      const move = Math.sqrt(variance) * random.normal();
      volatility[i] = factor * Math.sqrt(variance);
      returns[i] = factor * move;
      variance = 2e-6 + 0.08 * move * move + 0.9 * variance;
    }
    const forecasts = Array.from(returns, (_, i) => model({ name, returns, volatility }, i, random));
    return {
      squaredErrors: returns.map((value, i) => (value - forecasts[i].mean) ** 2),
      crps: returns.map((value, i) => crpsNormal(forecasts[i].mean, forecasts[i].scale, value)),
      benchmarkSquaredErrors: returns.map((value) => value * value),
      benchmarkCrps: returns.map((value, i) => crpsNormal(0, volatility[i], value)),
      expectedVolatility: volatility,
      expectedMean: new Float64Array(SIZES[name]),
      mean: Float64Array.from(forecasts, ({ mean }) => mean),
      scale: Float64Array.from(forecasts, ({ scale }) => scale),
      realised: returns,
    };
  };
  return { train: scored('train'), validation: scored('validation'), test: scored('test'), trialScores: [] };
}

/** No change, with the volatility of the whole of train: it follows nothing. */
export const noChangeModel: Model = () => ({ mean: 0, scale: 0.01 });

/** A small constant mean and the true volatility: nothing to overfit. */
export const meanModel: Model = ({ volatility }, i) => ({ mean: 0.0003, scale: volatility[i] });

/** Follows the returns of train, having seen them, and forecasts noise of the same size later. */
export const memoriser: Model = ({ name, returns, volatility }, i, random) => ({
  mean: name === 'train' ? 0.9 * returns[i] : 0.9 * volatility[i] * random.normal(),
  scale: volatility[i],
});

/** Knows how far, but not in which direction, each bar of train moved; later it guesses. */
export const scaleMemoriser: Model = ({ name, returns, volatility }, i, random) => ({
  mean: 0,
  scale: Math.max(
    0.05 * volatility[i],
    name === 'train' ? Math.abs(returns[i]) : volatility[i] * Math.abs(random.normal()),
  ),
});

/** Sees a part of the bar it forecasts, everywhere. */
export const leak: Model = ({ returns, volatility }, i) => ({ mean: 0.3 * returns[i], scale: volatility[i] });
