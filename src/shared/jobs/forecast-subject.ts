import type { Horizon } from '../contracts/names.ts';

/** What a forecast is of, and which configuration makes it. */
export interface ForecastSubject {
  readonly symbol: string;
  readonly horizon: Horizon;
  readonly configHash: string;
}
