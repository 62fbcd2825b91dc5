import type { Hyperparameters, MemberName } from '../models/forecaster.ts';
import type { CovariateName } from '../series/covariate.ts';

/** Which ensemble a row belongs to. */
export const ENSEMBLE_NAMES = ['candidate', 'baseline'] as const;
export type EnsembleName = (typeof ENSEMBLE_NAMES)[number];

/** How members are weighed: `simple_avg` by the preset, `calibrated` by weights learned from realised scores. */
export const WEIGHTINGS = ['simple_avg', 'calibrated'] as const;
export type Weighting = (typeof WEIGHTINGS)[number];

/** An ensemble as it is configured; its hash (`config_hash`) is stored with everything made by it. */
export interface EnsembleConfiguration {
  readonly ensemble: EnsembleName;
  /** Preset weights by member; they sum to 1. */
  readonly weights: Readonly<Partial<Record<MemberName, number>>>;
  /** Default `simple_avg`. */
  readonly weighting?: Weighting;
  /** Step of online adaptive conformal inference, between 0 and 0.1; 0.001 is recommended. Default off. */
  readonly conformalStep?: number;
  /** Hyperparameter grids that replace the members' own, if given. */
  readonly grids?: Readonly<Partial<Record<MemberName, readonly Hyperparameters[]>>>;
  /** Factors by which member means may be shrunk towards half the expanding mean; one is chosen on validation. */
  readonly meanFactors: readonly number[];
  /**
   * Symbols, at most 12, whose bars LSTM and TRANSFORMER are trained on too, whatever symbol it is for; default none. They are cut by the
   * date of a bar: companions of another market may close after the symbol does.
   */
  readonly companions?: readonly string[];
  /**
   * Series, at most 12, whose daily bars members may read beside the symbol's own; default none. A forecast is made
   * without those that are missing or late.
   */
  readonly covariates?: readonly CovariateName[];
  /** Bars between refits of the statistical members inside test. */
  readonly refitEvery: number;
  /** Base seed; every fit derives its own from it. */
  readonly seed: number;
}

/** Sizes of a rolling-origin window, in bars. */
export interface WindowSizes {
  readonly train: number;
  readonly validation: number;
  readonly test: number;
  /** Bars from one window to the next. */
  readonly step: number;
}
