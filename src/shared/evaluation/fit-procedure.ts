import type { EnsembleWeights, PresetReason } from '../calibration/calibrated-weights.ts';
import type { Combinations } from '../ensemble/combination.ts';
import { EnsembleFit, type EnsembleFitInput } from '../ensemble/ensemble-fit.ts';
import type { EnsembleFitResult } from '../ensemble/ensemble-fit-result.ts';
import type { FittedEnsemble } from '../ensemble/fitted-ensemble.ts';
import { weighEnsemble } from '../ensemble/weigh-ensemble.ts';
import type { Json } from '../json.ts';
import type { Resumable } from '../models/forecaster.ts';
import { inSequence, Part } from '../models/resumable/in-sequence.ts';
import { type ScoredForecasts, sliceForecasts } from '../scores/scored-forecasts.ts';
import { type ByBenchmark, benchmarkMinimumBars, informedFhs, scoreBenchmarks } from './benchmarks.ts';
import { type ScoredPart, scoredPart } from './scored-window.ts';
import type { ByPart } from './window-result.ts';

/**
 * Why weights should not be learned from a fit, by its forecasts of train and validation (all that is known at the cutoff); null
 * when nothing speaks against it.
 */
export type FitJudge = (train: ScoredPart, validation: ScoredPart) => PresetReason | null;

export interface FitProcedureInput extends Omit<EnsembleFitInput, 'scoreFrom'> {
  /** Reverts learned weights to the preset. */
  readonly judgeFit: FitJudge;
  /**
   * Of a forecast: what speaks against learned weights before anything is fitted (see `judgeStoredWindow`), and comes before the judge's
   * reason. Default nothing. A window has none: it shows what its own bars say.
   */
  readonly reversion?: PresetReason | null;
  /**
   * Of a window: whether weights are decided also where the configuration asks for the preset, since a window shows both ways of
   * combining and all benchmarks. Default false: such a forecast spares itself the benchmarks, and scores train from where the members
   * can. Neither changes what is fitted.
   */
  readonly alwaysDecideWeights?: boolean;
  /** Of an earlier procedure with the same input. */
  readonly checkpoint?: Json;
}

/** How it was decided whether to combine by learned weights. */
export interface WeightDecision {
  /** The weights of `calibrated`. */
  readonly weights: EnsembleWeights;
  /** Both ways of combining, to go on from the cutoff; where learned weights are refused, both go by the preset. */
  readonly combinations: Combinations;
  /** What the fit was held against: fitted on train, over the same bars of train and validation. */
  readonly benchmarks: ByBenchmark<Omit<ByPart<ScoredForecasts>, 'test'>>;
}

/** An ensemble to forecast with, and how it came about. */
export interface FitProcedureResult {
  /** Fitted on train and validation; combines as the configuration asks. */
  readonly fitted: FittedEnsemble;
  readonly fit: EnsembleFitResult;
  /** Null where the configuration asks for the preset, unless `alwaysDecideWeights`. */
  readonly decision: WeightDecision | null;
}

/** Shares of the work, roughly as the parts cost. */
const FIT_SHARE = 0.97;
const BENCHMARK_SHARE = 0.03;

/**
 * The one procedure by which an ensemble comes to forecast: a forecast uses it as it is, and a window validates it by the test part
 * behind it.
 *
 * 1. an {@link EnsembleFit} on train and validation;
 * 2. the benchmarks, fitted on train, on the same bars;
 * 3. the weights, decided by what is known at the cutoff: learned on validation, unless the fit is judged to be overfitted or there
 *    is too little to learn from.
 *
 * @throws what {@link EnsembleFit} throws, also from `step`
 */
export function fitProcedure(input: FitProcedureInput): Resumable<FitProcedureResult> {
  const {
    series,
    train,
    configuration,
    steps = 1,
    judgeFit,
    reversion,
    alwaysDecideWeights,
    checkpoint,
  } = input;
  const decides = alwaysDecideWeights || configuration.weighting === 'calibrated';
  // Train is scored from where the benchmarks can be, too.
  const scoreFrom = decides ? benchmarkMinimumBars() : 0;
  const fitting = new Part(
    FIT_SHARE,
    (resumed?: Json) => new EnsembleFit({ ...input, scoreFrom, checkpoint: resumed }),
  );
  const benchmarking = new Part(BENCHMARK_SHARE, (resumed?: Json) =>
    scoreBenchmarks(series, train, fitting.result.firstScoredBar, series.times.length, steps, resumed),
  );

  return inSequence(
    'ensemble',
    decides ? [fitting, benchmarking] : [fitting],
    () => {
      const fit = fitting.result;
      if (!decides) return { fitted: weighEnsemble(fit, configuration, null).fitted, fit, decision: null };
      const benchmarks = partsOf(benchmarking.result, train - fit.firstScoredBar, steps);
      const { noChange } = benchmarks;
      const fhs = informedFhs(benchmarks);
      const against =
        reversion ??
        judgeFit(
          scoredPart(fit.train, noChange.train, fhs.train),
          scoredPart(fit.validation, noChange.validation, fhs.validation),
        );
      const { fitted, calibrated, combinations } = weighEnsemble(fit, configuration, against);
      return { fitted, fit, decision: { weights: calibrated, combinations, benchmarks } };
    },
    checkpoint,
  );
}

/**
 * @param trainBars how many of the bars that forecasts begin with are train's; what ends after train belongs to
 *   neither part
 */
function partsOf(
  { noChange, fhs, eventFhs }: ByBenchmark<ScoredForecasts>,
  trainBars: number,
  steps: number,
): WeightDecision['benchmarks'] {
  const parts = (scored: ScoredForecasts) => ({
    train: sliceForecasts(scored, 0, trainBars - steps + 1),
    validation: sliceForecasts(scored, trainBars, scored.realised.length),
  });
  return { noChange: parts(noChange), fhs: parts(fhs), eventFhs: eventFhs && parts(eventFhs) };
}
