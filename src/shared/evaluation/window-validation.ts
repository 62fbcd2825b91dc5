import { FitError } from '../errors/fit-error.ts';
import { InvalidInputError } from '../errors/invalid-input-error.ts';
import type { Json } from '../json.ts';
import type { Resumable } from '../models/forecaster.ts';
import { inSequence, Part } from '../models/resumable/in-sequence.ts';
import { type Series, sliceSeries } from '../series/series.ts';
import { scoreBenchmarks } from './benchmarks.ts';
import { describeWindow } from './describe-window.ts';
import { type FitProcedureInput, fitProcedure } from './fit-procedure.ts';
import type { ForecastObserver } from './forecast-observer.ts';
import type { Window } from './rolling-windows.ts';
import { TestPart } from './test-part.ts';
import type { ByPart, WindowResult } from './window-result.ts';

export interface WindowValidationInput
  extends Pick<
    FitProcedureInput,
    'configuration' | 'steps' | 'companions' | 'onMemberFailure' | 'judgeFit' | 'registry'
  > {
  /** The symbol's bars; only those of the window are used. */
  readonly series: Series;
  readonly window: Window;
  /** Of an earlier validation with the same input. */
  readonly checkpoint?: Json;
  /** Told of the test part's forecasts; default nobody is. */
  readonly observe?: ForecastObserver;
}

/** Shares of the work, roughly as the parts cost. */
const PROCEDURE_SHARE = 0.725;
const BENCHMARK_SHARE = 0.025;
const TEST_SHARE = 0.25;

/**
 * Validates an ensemble on one rolling-origin window.
 *
 * 1. the {@link fitProcedure} on train and validation, to the bit as a forecast at the cutoff has it: tuning, the metrics of both parts,
 *    the refit on both, and the weights, here for both ways of combining, whichever the configuration asks for;
 * 2. the benchmarks on test, fitted on train and validation, and not again inside test;
 * 3. the {@link TestPart}: each test bar forecast once, cheap members fitted anew every `refitEvery` bars.
 *
 * What the result says of overfitting is for `assessOverfitting` to find.
 *
 * Nothing that is forecast before a bar depends on it or on a later one. Of forecasts over several steps, those are
 * scored whose outcome lies in one part, so that parts share no bar; what is learned from an outcome is learned when
 * it has ended.
 *
 * @throws InvalidInputError `window_out_of_range`; FitError `constant_series` when a part does not move; what {@link fitProcedure}
 *   throws, also from `step`
 */
export function windowValidation(input: WindowValidationInput): Resumable<WindowResult> {
  const {
    window,
    configuration,
    steps = 1,
    companions,
    onMemberFailure,
    judgeFit,
    registry,
    checkpoint,
    observe,
  } = input;
  requireWithin(input.series, window);
  const { trainFrom, validationFrom, testFrom, end } = window;
  const series = sliceSeries(input.series, trainFrom, end);
  const sizes = {
    train: validationFrom - trainFrom,
    validation: testFrom - validationFrom,
    test: end - testFrom,
  };
  requireMovement(series, sizes);
  const fitBars = sizes.train + sizes.validation;

  const fitting = new Part(PROCEDURE_SHARE, (resumed?: Json) =>
    fitProcedure({
      ...{ configuration, steps, companions, onMemberFailure, judgeFit, registry },
      series: sliceSeries(series, 0, fitBars),
      train: sizes.train,
      validation: sizes.validation,
      alwaysDecideWeights: true,
      checkpoint: resumed,
    }),
  );
  const benchmarking = new Part(BENCHMARK_SHARE, (resumed?: Json) =>
    scoreBenchmarks(series, fitBars, fitBars, series.times.length, steps, resumed, observe),
  );
  const testing = new Part(
    TEST_SHARE,
    (resumed?: Json) =>
      new TestPart({
        ...{ series, fitBars, steps, onMemberFailure, registry, observe },
        ensemble: fitting.result.fitted,
        combinations: fitting.result.decision!.combinations,
        refitEvery: configuration.refitEvery,
        seed: configuration.seed,
        checkpoint: resumed,
      }),
  );
  return inSequence(
    'window',
    [fitting, benchmarking, testing],
    () =>
      describeWindow({
        ...{ series, windowId: window.windowId, sizes, configuration, steps },
        procedure: fitting.result,
        benchmarks: benchmarking.result,
        tested: testing.result,
      }),
    checkpoint,
  );
}

/** @throws InvalidInputError `window_out_of_range` */
function requireWithin(series: Series, { trainFrom, validationFrom, testFrom, end }: Window): void {
  const ordered = 0 <= trainFrom && trainFrom < validationFrom && validationFrom < testFrom && testFrom < end;
  if (ordered && end <= series.times.length) return;
  throw new InvalidInputError(
    'window_out_of_range',
    `A window of the bars ${trainFrom}, ${validationFrom}, ${testFrom} to ${end} does not lie in a series of ${series.times.length}`,
    { trainFrom, validationFrom, testFrom, end, bars: series.times.length },
  );
}

/** A window's alone: nothing can be scored against a benchmark that makes no error. @throws FitError `constant_series` naming the part */
function requireMovement(series: Series, sizes: ByPart<number>): void {
  const ends = { train: sizes.train, validation: sizes.train + sizes.validation, test: series.times.length };
  for (const part of ['train', 'validation', 'test'] as const) {
    const from = ends[part] - sizes[part];
    const closes = series.close.subarray(Math.max(0, from - 1), ends[part]);
    if (closes.some((close) => close !== closes[0])) continue;
    throw new FitError(
      'constant_series',
      `The ${part} part of ${series.symbol}, ${series.times[from]} to ${series.times[ends[part] - 1]}, does not move: every close is ${closes[0]}`,
      { symbol: series.symbol, part },
    );
  }
}
