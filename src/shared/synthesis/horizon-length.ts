import type { Horizon } from '../contracts/names.ts';

/** How long a horizon is. */
export interface HorizonLength {
  /** Bars of its timeframe. */
  readonly steps: number;
  /** Horizons in a year of 252 sessions. */
  readonly perYear: number;
}

export const HORIZON_LENGTHS: Readonly<Record<Horizon, HorizonLength>> = {
  '1D': { steps: 1, perYear: 252 },
  '4h': { steps: 1, perYear: 504 },
  '8h': { steps: 2, perYear: 252 },
};
