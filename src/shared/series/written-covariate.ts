import type { CovariateName } from './covariate.ts';

/** A covariate as it is written: `VIX` for the level, `SPY:range` for the range. */
export function writtenCovariate({ symbol, measure }: CovariateName): string {
  return measure === 'level' ? symbol : `${symbol}:${measure}`;
}
