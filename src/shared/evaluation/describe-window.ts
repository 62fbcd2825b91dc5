import { parseDate } from '../calendars/civil-date.ts';
import { configurationHash } from '../ensemble/configuration-hash.ts';
import type { EnsembleConfiguration } from '../ensemble/ensemble-configuration.ts';
import { barsOnEvents } from '../models/scheduled-events/bars-on-events.ts';
import type { ScoredForecasts } from '../scores/scored-forecasts.ts';
import type { Series } from '../series/series.ts';
import { type ByBenchmark, informedFhs } from './benchmarks.ts';
import type { FitProcedureResult } from './fit-procedure.ts';
import { partMetrics } from './part-metrics.ts';
import { scoredPart } from './scored-window.ts';
import type { TestPartResult } from './test-part.ts';
import type { ByPart, PartMetrics, WindowResult } from './window-result.ts';

/** All that validating a window found. */
export interface ValidatedWindow {
  /** The window's bars. */
  readonly series: Series;
  readonly windowId: number;
  readonly sizes: ByPart<number>;
  readonly configuration: EnsembleConfiguration;
  /** Bars that a forecast looks ahead. */
  readonly steps: number;
  /** Of a procedure that always decides weights. */
  readonly procedure: FitProcedureResult;
  /** The benchmarks' forecasts of test. */
  readonly benchmarks: ByBenchmark<ScoredForecasts>;
  readonly tested: TestPartResult;
}

/** The result of a window's validation. */
export function describeWindow(validated: ValidatedWindow): WindowResult {
  const { series, windowId, sizes, configuration, steps, procedure, benchmarks, tested } = validated;
  const { weighting = 'simple_avg' } = configuration;
  const { symbol, timeframe, times } = series;
  const { fit } = procedure;
  const { weights, benchmarks: past } = procedure.decision!;
  const fitBars = sizes.train + sizes.validation;
  const [first, last] = [times[0], times[times.length - 1]];
  const ensemble = { train: fit.train, validation: fit.validation, test: tested.combinations[weighting] };
  const noChange = { ...past.noChange, test: benchmarks.noChange };
  const fhs = { ...past.fhs, test: benchmarks.fhs };
  const eventFhs = past.eventFhs && { ...past.eventFhs, test: benchmarks.eventFhs! };
  const informed = informedFhs({ fhs, eventFhs });
  return {
    symbol,
    timeframe,
    windowId,
    ensemble: configuration.ensemble,
    configHash: configurationHash(configuration),
    firstBarTime: first,
    cutoffTime: times[fitBars - 1],
    lastBarTime: last,
    dataSpanDays: parseDate(last.slice(0, 10)) - parseDate(first.slice(0, 10)),
    sampleSizes: sizes,
    modelsUsed: fit.fitted.members
      .map(({ name }) => name)
      .filter((name) => tested.members[name] !== undefined),
    dropped: tested.dropped,
    failedCandidates: fit.failedCandidates,
    hyperparameters: fit.chosen,
    meanFactor: fit.meanFactor,
    calibration: { decided: weights, lastWeights: tested.lastCalibratedWeights },
    refits: tested.refits,
    metrics: metricsByPart(ensemble),
    benchmarks: {
      noChange: metricsByPart(noChange),
      fhs: metricsByPart(fhs),
      eventFhs: eventFhs && metricsByPart(eventFhs),
    },
    test: {
      times: times.slice(fitBars + steps - 1),
      onEvent: benchmarks.eventFhs && movedByEvents(series, fitBars, steps),
      ensemble: ensemble.test,
      weighting,
      combinations: tested.combinations,
      members: tested.members,
      noChange: noChange.test,
      fhs: fhs.test,
      eventFhs: benchmarks.eventFhs,
    },
    scored: {
      train: scoredPart(ensemble.train, noChange.train, informed.train),
      validation: scoredPart(ensemble.validation, noChange.validation, informed.validation),
      test: scoredPart(ensemble.test, noChange.test, informed.test),
      trialScores: fit.trialScores,
    },
  };
}

function metricsByPart(parts: ByPart<ScoredForecasts>): ByPart<PartMetrics> {
  return {
    train: partMetrics(parts.train),
    validation: partMetrics(parts.validation),
    test: partMetrics(parts.test),
  };
}

/** Whether an event moved any bar of each forecast that begins with bar `from` or later. */
function movedByEvents(series: Series, from: number, steps: number): boolean[] {
  const onEvents = barsOnEvents(series);
  return series.times
    .slice(from + steps - 1)
    .map((_, i) => onEvents.slice(from + i, from + i + steps).includes(true));
}
