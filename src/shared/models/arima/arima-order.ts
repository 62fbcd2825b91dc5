import type { ArmaOrder } from './arma-model.ts';

/** Orders of an ARIMA model: after d differences, an ARMA(p, q). */
export interface ArimaOrder extends ArmaOrder {
  /** 0, 1 or 2. */
  readonly d: number;
}
