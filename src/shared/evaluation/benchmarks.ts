import type { Json } from '../json.ts';
import { fhs } from '../models/benchmarks/fhs.ts';
import { noChange } from '../models/benchmarks/no-change.ts';
import { type Forecaster, type Resumable, unlimitedBudget } from '../models/forecaster.ts';
import { withSessionPosition } from '../models/half-session/with-session-position.ts';
import { inTurn } from '../models/resumable/in-sequence.ts';
import { mapResult } from '../models/resumable/map-result.ts';
import { oneUnit } from '../models/resumable/one-unit.ts';
import { withScheduledEvents } from '../models/scheduled-events/with-scheduled-events.ts';
import type { PredictiveDistribution } from '../numerics/distributions/predictive-distribution.ts';
import {
  decodeScoredForecasts,
  encodeScoredForecasts,
  type ScoredForecasts,
  scoreRange,
} from '../scores/scored-forecasts.ts';
import { logReturns } from '../series/log-returns.ts';
import { type Series, sliceSeries } from '../series/series.ts';
import { hasEvents } from '../series/with-events.ts';
import type { ForecastObserver } from './forecast-observer.ts';

/** The benchmarks that every ensemble is held against; of half-session bars they carry the factors of the session's halves. */
export const BENCHMARKS = {
  noChange: withSessionPosition(noChange),
  fhs: withSessionPosition(fhs),
  /** Filtered historical simulation that knows the symbol's events. */
  eventFhs: withScheduledEvents(withSessionPosition(fhs)),
} as const;

/** Something of each benchmark. */
export interface ByBenchmark<Figure> {
  readonly noChange: Figure;
  readonly fhs: Figure;
  /** Null where the symbol has no events: it would be the same as `fhs`. */
  readonly eventFhs: Figure | null;
}

/**
 * Filtered historical simulation as verdicts have it: with the symbol's events, where there are any. An ensemble that
 * knows them is better on those days than a benchmark that does not, and neither overfits nor leaks for it.
 */
export function informedFhs<Figure>({ fhs, eventFhs }: Omit<ByBenchmark<Figure>, 'noChange'>): Figure {
  return eventFhs ?? fhs;
}

/** The bars that a benchmark needs before the first one it forecasts. */
export function benchmarkMinimumBars(): number {
  return Math.max(...Object.values(BENCHMARKS).map((benchmark) => benchmark.minimumBars(benchmark.grid[0])));
}

/**
 * Fits a benchmark on the first `fitBars` bars of `series`, with the first entry of its grid, and scores its
 * forecasts that begin with bar `from` or later and end before bar `to`. A benchmark is cheap: this is one unit of
 * work.
 *
 * @param steps that a forecast looks ahead; default 1
 * @param observe told of the forecasts; default nobody is
 * @throws FitError what the benchmark's `fit` throws
 */
export function scoreBenchmark(
  benchmark: Forecaster,
  series: Series,
  fitBars: number,
  from: number,
  to: number,
  steps = 1,
  observe: (from: number, forecasts: readonly PredictiveDistribution[]) => void = () => {},
): ScoredForecasts {
  const fit = benchmark.fit(sliceSeries(series, 0, fitBars), benchmark.grid[0], { seed: 0 });
  fit.step(unlimitedBudget);
  const known = sliceSeries(series, 0, to);
  const fitted = fit.result();
  return scoreRange(
    (start, end) => {
      const forecasts = fitted.predictRange(known, start, end, steps);
      observe(start, forecasts);
      return forecasts;
    },
    logReturns(known.close, steps),
    from,
    to - steps + 1,
  );
}

/**
 * {@link scoreBenchmark} of each of {@link BENCHMARKS}.
 *
 * @throws FitError from `step`; `invalid_artifact` for another's checkpoint
 */
export function scoreBenchmarks(
  series: Series,
  fitBars: number,
  from: number,
  to: number,
  steps: number,
  checkpoint?: Json,
  observe?: ForecastObserver,
): Resumable<ByBenchmark<ScoredForecasts>> {
  const knowsEvents = hasEvents(series);
  const benchmarks = [BENCHMARKS.noChange, BENCHMARKS.fhs, ...(knowsEvents ? [BENCHMARKS.eventFhs] : [])];
  const models = ['no_change', 'fhs', 'fhs_events'];
  const scoring = inTurn(
    'benchmark',
    benchmarks.length,
    (place) =>
      oneUnit(() =>
        scoreBenchmark(benchmarks[place], series, fitBars, from, to, steps, (start, forecasts) =>
          observe?.({ model: models[place], from: start, forecasts }),
        ),
      ),
    { encode: encodeScoredForecasts, decode: decodeScoredForecasts },
    checkpoint,
  );
  return mapResult(scoring, ([noChange, fhs, eventFhs]) => ({
    noChange,
    fhs,
    eventFhs: knowsEvents ? eventFhs : null,
  }));
}
