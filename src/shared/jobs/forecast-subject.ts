import type { Horizon } from '../series/horizon.ts';

/** What a forecast is of, and which configuration makes it. */
export interface ForecastSubject {
  readonly symbol: string;
  readonly horizon: Horizon;
  readonly configHash: string;
}
