import { scoreBenchmark } from '../evaluation/benchmarks.ts';
import type { ForecastObserver } from '../evaluation/forecast-observer.ts';
import type { Window } from '../evaluation/rolling-windows.ts';
import { ewma } from '../models/benchmarks/ewma.ts';
import { har } from '../models/benchmarks/har.ts';
import { historicalSimulation } from '../models/benchmarks/historical-simulation.ts';
import { withSessionPosition } from '../models/half-session/with-session-position.ts';
import { withScheduledEvents } from '../models/scheduled-events/with-scheduled-events.ts';
import type { ScoredForecasts } from '../scores/scored-forecasts.ts';
import { type Series, sliceSeries } from '../series/series.ts';

/** The benchmarks that a report shows beside "no change" and filtered historical simulation. */
const FURTHER_BENCHMARKS = {
  historical_simulation: withSessionPosition(historicalSimulation),
  ewma: withSessionPosition(ewma),
  har: withScheduledEvents(withSessionPosition(har)),
} as const;

export type FurtherBenchmark = keyof typeof FURTHER_BENCHMARKS;

/**
 * Their forecasts of a window's test bars, fitted on train and validation.
 *
 * @param steps that a forecast looks ahead; default 1
 */
export function scoreFurtherBenchmarks(
  series: Series,
  window: Window,
  steps = 1,
  observe?: ForecastObserver,
): Record<FurtherBenchmark, ScoredForecasts> {
  const bars = sliceSeries(series, window.trainFrom, window.end);
  const fitBars = window.testFrom - window.trainFrom;
  const entries = Object.entries(FURTHER_BENCHMARKS).map(([name, benchmark]) => [
    name,
    scoreBenchmark(benchmark, bars, fitBars, fitBars, bars.times.length, steps, (from, forecasts) =>
      observe?.({ model: name, from, forecasts }),
    ),
  ]);
  return Object.fromEntries(entries) as Record<FurtherBenchmark, ScoredForecasts>;
}
