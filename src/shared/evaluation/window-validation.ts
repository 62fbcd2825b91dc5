import type { PresetReason } from '../calibration/calibrated-weights.ts';
import { configurationHash } from '../ensemble/configuration-hash.ts';
import type { OnMemberFailure } from '../ensemble/dropped-member.ts';
import type { EnsembleConfiguration } from '../ensemble/ensemble-configuration.ts';
import { EnsembleFit } from '../ensemble/ensemble-fit.ts';
import type { EnsembleFitResult } from '../ensemble/ensemble-fit-result.ts';
import type { MemberRegistry } from '../ensemble/member-registry.ts';
import { type WeighedEnsemble, weighEnsemble } from '../ensemble/weigh-ensemble.ts';
import { FitError } from '../errors/fit-error.ts';
import { InvalidInputError } from '../errors/invalid-input-error.ts';
import type { Json } from '../json.ts';
import type { Resumable, StepBudget } from '../models/forecaster.ts';
import {
  decodeScoredForecasts,
  encodeScoredForecasts,
  type ScoredForecasts,
  sliceForecasts,
} from '../scores/scored-forecasts.ts';
import { parseDate } from '../series/civil-date.ts';
import { type Series, sliceSeries } from '../series/series.ts';
import { type BenchmarkName, benchmarkMinimumBars, scoreBenchmark, WINDOW_BENCHMARKS } from './benchmarks.ts';
import { partMetrics } from './part-metrics.ts';
import type { Window } from './rolling-windows.ts';
import { type ScoredPart, scoredPart } from './scored-window.ts';
import { TestPart, type TestPartResult } from './test-part.ts';
import type { ByPart, PartMetrics, WindowResult } from './window-result.ts';

export interface WindowValidationInput {
  /** The symbol's bars; only those of the window are used. */
  readonly series: Series;
  readonly window: Window;
  readonly configuration: EnsembleConfiguration;
  /** Series of the configuration's companions; default none. */
  readonly companions?: readonly Series[];
  /** Default `fail`. */
  readonly onMemberFailure?: OnMemberFailure;
  /** Reverts calibrated weights to the preset; default: never. */
  readonly judgeFit?: FitJudge;
  /** Of an earlier `WindowValidation` with the same input. */
  readonly checkpoint?: Json;
  /** Default: the members of this version. */
  readonly registry?: MemberRegistry;
}

/**
 * Why weights should not be learned from a fit, by its forecasts of train and validation (all that is known at the cutoff); null
 * when nothing speaks against it.
 */
export type FitJudge = (train: ScoredPart, validation: ScoredPart) => PresetReason | null;

/** A benchmark's forecasts of train and validation (fitted on train), or of test (fitted on train and validation). */
interface BenchmarkUnit {
  readonly benchmark: BenchmarkName;
  readonly test: boolean;
}

const BENCHMARK_UNITS: readonly BenchmarkUnit[] = (['noChange', 'fhs'] as const).flatMap((benchmark) => [
  { benchmark, test: false },
  { benchmark, test: true },
]);

/** Shares of the work, roughly as the phases cost. */
const FIT_SHARE = 0.7;
const BENCHMARK_SHARE = 0.05;

/**
 * Validates an ensemble on one rolling-origin window.
 *
 * 1. an {@link EnsembleFit} on train and validation: tuning, the metrics of both, and the refit on both;
 * 2. the benchmarks on the same bars: fitted on train for train and validation, on train and validation for test, and not
 *    again inside test;
 * 3. the weights: decided by what is known at the cutoff, for both ways of combining, whichever the configuration asks for;
 * 4. the {@link TestPart}: each test bar forecast once, cheap members fitted anew every `refitEvery` bars.
 *
 * What the result says of overfitting is for `assessOverfitting` to find.
 *
 * Nothing that is forecast before a bar depends on it or on a later one.
 */
export class WindowValidation implements Resumable<WindowResult> {
  readonly #input: WindowValidationInput;
  /** The window's bars. */
  readonly #series: Series;
  readonly #sizes: ByPart<number>;
  readonly #ensembleFit: EnsembleFit;
  readonly #benchmarks: ScoredForecasts[] = [];
  #fitted: EnsembleFitResult | undefined;
  /** Decided when the benchmarks are scored. */
  #weighed: WeighedEnsemble | undefined;
  #testPart: TestPart | undefined;
  #tested: TestPartResult | undefined;

  /**
   * @throws InvalidInputError `window_out_of_range`; FitError `constant_series` when a part does not move; what {@link EnsembleFit} throws, also from `step`
   */
  constructor(input: WindowValidationInput) {
    const { series, window, configuration, companions, onMemberFailure, registry } = input;
    const { trainFrom, validationFrom, testFrom, end } = window;
    const ordered =
      0 <= trainFrom && trainFrom < validationFrom && validationFrom < testFrom && testFrom < end;
    if (!ordered || end > series.times.length) {
      throw new InvalidInputError(
        'window_out_of_range',
        `A window of the bars ${trainFrom}, ${validationFrom}, ${testFrom} to ${end} does not lie in a series of ${series.times.length}.`,
        { trainFrom, validationFrom, testFrom, end, bars: series.times.length },
      );
    }
    this.#input = input;
    this.#series = sliceSeries(series, trainFrom, end);
    this.#sizes = {
      train: validationFrom - trainFrom,
      validation: testFrom - validationFrom,
      test: end - testFrom,
    };
    requireMovement(this.#series, this.#sizes);
    const state = input.checkpoint as { readonly [key: string]: Json } | undefined;
    this.#ensembleFit = new EnsembleFit({
      series: sliceSeries(this.#series, 0, this.#fitBars),
      train: this.#sizes.train,
      validation: this.#sizes.validation,
      configuration,
      companions,
      scoreFrom: benchmarkMinimumBars(),
      onMemberFailure,
      registry,
      checkpoint: state?.ensembleFit,
    });
    if (state !== undefined) this.#resume(state);
  }

  step(budget: StepBudget): boolean {
    while (this.#tested === undefined) {
      if (this.#fitted === undefined) {
        if (this.#ensembleFit.step(budget)) this.#fitted = this.#ensembleFit.result();
      } else if (this.#benchmarks.length < BENCHMARK_UNITS.length) {
        this.#benchmarks.push(this.#scoreBenchmark(BENCHMARK_UNITS[this.#benchmarks.length], this.#fitted));
      } else {
        this.#testPart ??= this.#startTestPart(this.#fitted);
        if (this.#testPart.step(budget)) this.#tested = this.#testPart.result();
      }
      if (budget.expired()) break;
    }
    return this.#tested !== undefined;
  }

  progress(): number {
    if (this.#tested !== undefined) return 1;
    return (
      FIT_SHARE * this.#ensembleFit.progress() +
      (BENCHMARK_SHARE * this.#benchmarks.length) / BENCHMARK_UNITS.length +
      (1 - FIT_SHARE - BENCHMARK_SHARE) * (this.#testPart?.progress() ?? 0)
    );
  }

  checkpoint(): Json {
    return {
      ensembleFit: this.#ensembleFit.checkpoint(),
      benchmarks: this.#benchmarks.map(encodeScoredForecasts),
      testPart: this.#testPart?.checkpoint() ?? null,
    };
  }

  result(): WindowResult {
    const fitted = this.#fitted;
    const weighed = this.#weighed;
    const tested = this.#tested;
    if (fitted === undefined || weighed === undefined || tested === undefined) {
      throw new Error('The window is not validated yet: step() has not returned true.');
    }
    const { configuration, window } = this.#input;
    const { weighting = 'simple_avg' } = configuration;
    const { symbol, timeframe, times } = this.#series;
    const ensemble = {
      train: fitted.train,
      validation: fitted.validation,
      test: tested.combinations[weighting],
    };
    const noChange = this.#benchmarkParts(0, fitted);
    const fhs = this.#benchmarkParts(2, fitted);
    return {
      symbol,
      timeframe,
      windowId: window.windowId,
      ensemble: configuration.ensemble,
      configHash: configurationHash(configuration),
      firstBarTime: times[0],
      cutoffTime: times[this.#fitBars - 1],
      lastBarTime: times[times.length - 1],
      dataSpanDays: parseDate(times[times.length - 1].slice(0, 10)) - parseDate(times[0].slice(0, 10)),
      sampleSizes: this.#sizes,
      modelsUsed: fitted.fitted.members
        .map(({ name }) => name)
        .filter((name) => tested.members[name] !== undefined),
      dropped: tested.dropped,
      failedCandidates: fitted.failedCandidates,
      hyperparameters: fitted.chosen,
      meanFactor: fitted.meanFactor,
      calibration: { decided: weighed.calibrated, lastWeights: tested.lastCalibratedWeights },
      refits: tested.refits,
      metrics: metricsByPart(ensemble),
      benchmarks: { noChange: metricsByPart(noChange), fhs: metricsByPart(fhs) },
      test: {
        times: times.slice(this.#fitBars),
        ensemble: ensemble.test,
        weighting,
        combinations: tested.combinations,
        members: tested.members,
        noChange: noChange.test,
        fhs: fhs.test,
      },
      scored: {
        train: scoredPart(ensemble.train, noChange.train, fhs.train),
        validation: scoredPart(ensemble.validation, noChange.validation, fhs.validation),
        test: scoredPart(ensemble.test, noChange.test, fhs.test),
        trialScores: fitted.trialScores,
      },
    };
  }

  /** Bars of train and validation. */
  get #fitBars(): number {
    return this.#sizes.train + this.#sizes.validation;
  }

  #scoreBenchmark({ benchmark, test }: BenchmarkUnit, fitted: EnsembleFitResult): ScoredForecasts {
    const forecaster = WINDOW_BENCHMARKS[benchmark];
    return test
      ? scoreBenchmark(forecaster, this.#series, this.#fitBars, this.#fitBars, this.#series.times.length)
      : scoreBenchmark(forecaster, this.#series, this.#sizes.train, fitted.firstScoredBar, this.#fitBars);
  }

  /** The forecasts of the benchmark whose units begin at `unit`. */
  #benchmarkParts(unit: number, fitted: EnsembleFitResult): ByPart<ScoredForecasts> {
    const past = this.#benchmarks[unit];
    const trainBars = this.#sizes.train - fitted.firstScoredBar;
    return {
      train: sliceForecasts(past, 0, trainBars),
      validation: sliceForecasts(past, trainBars, past.realised.length),
      test: this.#benchmarks[unit + 1],
    };
  }

  #weigh(fitted: EnsembleFitResult): WeighedEnsemble {
    const { configuration, judgeFit } = this.#input;
    const noChange = this.#benchmarkParts(0, fitted);
    const fhs = this.#benchmarkParts(2, fitted);
    const reversion =
      judgeFit?.(
        scoredPart(fitted.train, noChange.train, fhs.train),
        scoredPart(fitted.validation, noChange.validation, fhs.validation),
      ) ?? null;
    return weighEnsemble(fitted, configuration, reversion);
  }

  /** Once the benchmarks are scored. */
  #startTestPart(fitted: EnsembleFitResult, checkpoint?: Json): TestPart {
    const { configuration, onMemberFailure, registry } = this.#input;
    this.#weighed ??= this.#weigh(fitted);
    return new TestPart({
      series: this.#series,
      fitBars: this.#fitBars,
      ensemble: this.#weighed.fitted,
      combinations: this.#weighed.combinations,
      refitEvery: configuration.refitEvery,
      seed: configuration.seed,
      onMemberFailure,
      registry,
      checkpoint,
    });
  }

  #resume(state: { readonly [key: string]: Json }): void {
    for (const scored of state.benchmarks as readonly Json[])
      this.#benchmarks.push(decodeScoredForecasts(scored));
    if (this.#ensembleFit.progress() === 1) this.#fitted = this.#ensembleFit.result();
    if (state.testPart !== null && this.#fitted !== undefined) {
      this.#testPart = this.#startTestPart(this.#fitted, state.testPart);
      if (this.#testPart.progress() === 1) this.#tested = this.#testPart.result();
    }
  }
}

/** Nothing can be scored against a benchmark that makes no error. @throws FitError `constant_series` naming the part */
function requireMovement(series: Series, sizes: ByPart<number>): void {
  const ends = { train: sizes.train, validation: sizes.train + sizes.validation, test: series.times.length };
  for (const part of ['train', 'validation', 'test'] as const) {
    const from = ends[part] - sizes[part];
    const closes = series.close.subarray(Math.max(0, from - 1), ends[part]);
    if (closes.some((close) => close !== closes[0])) continue;
    throw new FitError(
      'constant_series',
      `The ${part} part of ${series.symbol}, ${series.times[from]} to ${series.times[ends[part] - 1]}, does not move: every close is ${closes[0]}.`,
      { symbol: series.symbol, part },
    );
  }
}

function metricsByPart(parts: ByPart<ScoredForecasts>): ByPart<PartMetrics> {
  return {
    train: partMetrics(parts.train),
    validation: partMetrics(parts.validation),
    test: partMetrics(parts.test),
  };
}
