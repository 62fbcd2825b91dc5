import type { ReceivedTimeframe, Timeframe } from './series.ts';

/** The horizons that the design knows. */
export const HORIZONS = ['1D', '4h', '8h'] as const;
export type Horizon = (typeof HORIZONS)[number];

/** The timeframe of the bars that a horizon is forecast from. */
export function timeframeOf(horizon: Horizon): Timeframe {
  return horizon;
}

/** The timeframe of the bars that must be received for a horizon: those of `8h` are made from half sessions. */
export function receivedTimeframeOf(horizon: Horizon): ReceivedTimeframe {
  return horizon === '8h' ? '4h' : horizon;
}
