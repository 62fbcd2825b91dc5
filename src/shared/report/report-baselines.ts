import { scoreBenchmark } from '../evaluation/benchmarks.ts';
import type { Window } from '../evaluation/rolling-windows.ts';
import { ewma } from '../models/baselines/ewma.ts';
import { har } from '../models/baselines/har.ts';
import { historicalSimulation } from '../models/baselines/historical-simulation.ts';
import { withSessionPosition } from '../models/half-session/with-session-position.ts';
import type { ScoredForecasts } from '../scores/scored-forecasts.ts';
import { type Series, sliceSeries } from '../series/series.ts';

/** The baselines that a report shows beside "no change" and filtered historical simulation. */
const FURTHER_BASELINES = {
  historical_simulation: withSessionPosition(historicalSimulation),
  ewma: withSessionPosition(ewma),
  har: withSessionPosition(har),
} as const;

export type FurtherBaseline = keyof typeof FURTHER_BASELINES;

/** Their forecasts of a window's test bars, fitted on train and validation. */
export function scoreFurtherBaselines(
  series: Series,
  window: Window,
): Record<FurtherBaseline, ScoredForecasts> {
  const bars = sliceSeries(series, window.trainFrom, window.end);
  const fitBars = window.testFrom - window.trainFrom;
  const entries = Object.entries(FURTHER_BASELINES).map(([name, baseline]) => [
    name,
    scoreBenchmark(baseline, bars, fitBars, fitBars, bars.times.length),
  ]);
  return Object.fromEntries(entries) as Record<FurtherBaseline, ScoredForecasts>;
}
