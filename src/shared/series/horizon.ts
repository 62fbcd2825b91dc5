import type { ReceivedTimeframe, Timeframe } from './series.ts';

/** The horizons that are scheduled: jobs forecast them, and the database stores them. */
export const HORIZONS = ['1D', '4h', '8h'] as const;
export type Horizon = (typeof HORIZONS)[number];

/** The horizons that `npm run evaluate` knows. Of those that are not scheduled nothing can be stored so far. */
export const EVALUATED_HORIZONS = [...HORIZONS, '5D', '20D'] as const;
export type EvaluatedHorizon = (typeof EVALUATED_HORIZONS)[number];

const BARS: Readonly<Record<EvaluatedHorizon, { readonly timeframe: Timeframe; readonly steps: number }>> = {
  '1D': { timeframe: '1D', steps: 1 },
  '4h': { timeframe: '4h', steps: 1 },
  '8h': { timeframe: '8h', steps: 1 },
  '5D': { timeframe: '1D', steps: 5 },
  '20D': { timeframe: '1D', steps: 20 },
};

/** The timeframe of the bars that a horizon is forecast from. */
export function timeframeOf(horizon: EvaluatedHorizon): Timeframe {
  return BARS[horizon].timeframe;
}

/** How many bars of its timeframe a horizon is long. */
export function horizonSteps(horizon: EvaluatedHorizon): number {
  return BARS[horizon].steps;
}

/** The timeframe of the bars that must be received for a horizon: those of `8h` are made from half sessions. */
export function receivedTimeframeOf(horizon: EvaluatedHorizon): ReceivedTimeframe {
  const timeframe = timeframeOf(horizon);
  return timeframe === '8h' ? '4h' : timeframe;
}
