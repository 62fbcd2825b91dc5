import { fhs } from '../models/baselines/fhs.ts';
import { noChange } from '../models/baselines/no-change.ts';
import { type Forecaster, unlimitedBudget } from '../models/forecaster.ts';
import { withSessionPosition } from '../models/half-session/with-session-position.ts';
import { type ScoredForecasts, scoreRange } from '../scores/scored-forecasts.ts';
import { logReturns } from '../series/log-returns.ts';
import { type Series, sliceSeries } from '../series/series.ts';

/** The benchmarks that every window is held against; of half-session bars they carry the factors of the session's halves. */
export const WINDOW_BENCHMARKS = {
  noChange: withSessionPosition(noChange),
  fhs: withSessionPosition(fhs),
} as const;

export type BenchmarkName = keyof typeof WINDOW_BENCHMARKS;

/** The bars that a benchmark needs before the first one it forecasts. */
export function benchmarkMinimumBars(): number {
  return Math.max(
    ...Object.values(WINDOW_BENCHMARKS).map((benchmark) => benchmark.minimumBars(benchmark.grid[0])),
  );
}

/**
 * Fits a benchmark on the first `fitBars` bars of `series`, with the first entry of its grid, and scores it on the bars `from`
 * to `to` - 1. A benchmark is cheap: this is one unit of work.
 *
 * @throws FitError what the benchmark's `fit` throws
 */
export function scoreBenchmark(
  benchmark: Forecaster,
  series: Series,
  fitBars: number,
  from: number,
  to: number,
): ScoredForecasts {
  const fit = benchmark.fit(sliceSeries(series, 0, fitBars), benchmark.grid[0], { seed: 0 });
  fit.step(unlimitedBudget);
  const known = sliceSeries(series, 0, to);
  const fitted = fit.result();
  return scoreRange(
    (start, end) => fitted.predictRange(known, start, end),
    logReturns(known.close),
    from,
    to,
  );
}
