import type { Horizon } from '../series/horizon.ts';

/** How long a horizon is: one bar of its timeframe, whichever it is. */
export interface HorizonLength {
  /** Horizons in a year of 252 sessions. */
  readonly perYear: number;
}

export const HORIZON_LENGTHS: Readonly<Record<Horizon, HorizonLength>> = {
  '1D': { perYear: 252 },
  '4h': { perYear: 504 },
  '8h': { perYear: 252 },
};
