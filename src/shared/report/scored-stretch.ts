import { concatenateForecasts, type ScoredForecasts } from '../scores/scored-forecasts.ts';

/** A model's forecasts of some test bars of one symbol, and the benchmarks' of the same bars. */
export interface ScoredStretch {
  readonly symbol: string;
  readonly times: readonly string[];
  /** As of a window's test; null where the symbol has no events. */
  readonly onEvent: readonly boolean[] | null;
  readonly model: ScoredForecasts;
  readonly noChange: ScoredForecasts;
  readonly fhs: ScoredForecasts;
}

/** Stretches of one symbol as one; at least one. */
export function joinStretches(stretches: readonly ScoredStretch[]): ScoredStretch {
  return {
    symbol: stretches[0].symbol,
    times: stretches.flatMap(({ times }) => times),
    onEvent: stretches.some(({ onEvent }) => onEvent !== null)
      ? stretches.flatMap(({ times, onEvent }) => onEvent ?? times.map(() => false))
      : null,
    model: concatenateForecasts(stretches.map(({ model }) => model)),
    noChange: concatenateForecasts(stretches.map(({ noChange }) => noChange)),
    fhs: concatenateForecasts(stretches.map(({ fhs }) => fhs)),
  };
}
