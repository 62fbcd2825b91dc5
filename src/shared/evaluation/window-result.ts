import type { EnsembleWeights } from '../calibration/calibrated-weights.ts';
import type { DroppedMember } from '../ensemble/dropped-member.ts';
import type { EnsembleName, Weighting } from '../ensemble/ensemble-configuration.ts';
import type { FailedCandidate } from '../ensemble/failed-candidate.ts';
import type { Hyperparameters, MemberName } from '../models/forecaster.ts';
import type { ScoredForecasts } from '../scores/scored-forecasts.ts';
import type { Timeframe } from '../series/series.ts';
import type { ByBenchmark } from './benchmarks.ts';
import type { ScoredWindow } from './scored-window.ts';

/** A figure for each part of a window. */
export interface ByPart<Figure> {
  readonly train: Figure;
  readonly validation: Figure;
  readonly test: Figure;
}

/** Scores over one part; returns are log returns, as fractions. */
export interface PartMetrics {
  /** Forecasts that were scored: one a bar, but for outcomes that would end after the part. */
  readonly bars: number;
  readonly rmse: number;
  readonly meanAbsoluteError: number;
  readonly crps: number;
  /** Share of returns whose sign the forecast's mean had; null when no bar had a sign. See `scores`. */
  readonly directionalAccuracy: number | null;
  /** Share of positive returns: what always saying "up" would have had. */
  readonly baseRate: number | null;
  /** Share of returns within the central prediction interval of each nominal coverage. */
  readonly coverage: readonly { readonly level: number; readonly share: number }[];
}

/**
 * The forecasts of the test part beside what came true, one for each bar that one begins with. The benchmarks are
 * fitted on train and validation, and not again.
 */
export interface TestScores extends ByBenchmark<ScoredForecasts> {
  /** Of the bars that were forecast; of forecasts over several steps those that they end with. */
  readonly times: readonly string[];
  /**
   * Whether an event moved a bar that was forecast: it is of the session of an announcement or of the next one. Null
   * where the symbol has no events.
   */
  readonly onEvent: readonly boolean[] | null;
  readonly ensemble: ScoredForecasts;
  /** How the configuration asks the members to be combined. */
  readonly weighting: Weighting;
  /** The same members combined in either way; `ensemble` is the one of `weighting`. */
  readonly combinations: Readonly<Record<Weighting, ScoredForecasts>>;
  /** Each member that took part to the end alone, with the mean shrunk as in the ensemble. */
  readonly members: Readonly<Partial<Record<MemberName, ScoredForecasts>>>;
}

/** What became of calibrated weights in a window. */
export interface CalibrationResult {
  /** Decided at the cutoff by what validation showed; `weights` are those of the first test bar. */
  readonly decided: EnsembleWeights;
  /** The weights of the last test bar, which all test bars before it had a part in. */
  readonly lastWeights: readonly number[];
}

/** What validating an ensemble on one window found. */
export interface WindowResult {
  readonly symbol: string;
  readonly timeframe: Timeframe;
  /** Ordinal (from 0) of the window's last test bar in its series. */
  readonly windowId: number;
  readonly ensemble: EnsembleName;
  readonly configHash: string;
  /** Time of the first bar of train. */
  readonly firstBarTime: string;
  /** Time of the last bar of validation: nothing later was known when the ensemble was chosen. */
  readonly cutoffTime: string;
  /** Time of the last bar of test. */
  readonly lastBarTime: string;
  /** Calendar days from the first to the last bar. */
  readonly dataSpanDays: number;
  /** Sizes of the parts, in bars. Of train fewer are scored: see `metrics.train.bars`. */
  readonly sampleSizes: ByPart<number>;
  /** Members that took part to the end. */
  readonly modelsUsed: readonly MemberName[];
  /** Members that failed and that the ensemble went on without; empty unless that was asked for. */
  readonly dropped: readonly DroppedMember[];
  /** Entries of the grids that could not be fitted or could not forecast. */
  readonly failedCandidates: readonly FailedCandidate[];
  /** Chosen on validation. */
  readonly hyperparameters: Readonly<Partial<Record<MemberName, Hyperparameters>>>;
  readonly meanFactor: number;
  /** Of the `calibrated` combination, whether it is the one asked for or the one beside it. */
  readonly calibration: CalibrationResult;
  /** Times the members were fitted anew inside test. */
  readonly refits: number;
  readonly metrics: ByPart<PartMetrics>;
  /** The benchmarks' metrics on the same bars. */
  readonly benchmarks: ByBenchmark<ByPart<PartMetrics>>;
  /** The test part bar by bar. */
  readonly test: TestScores;
  /** The same bar by bar, and the trials: what the overfitting tests are made of. */
  readonly scored: ScoredWindow;
}
