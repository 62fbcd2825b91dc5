import type { Json } from '../json.ts';
import type { PredictiveDistribution } from '../numerics/distributions/predictive-distribution.ts';
import type { Series } from '../series/series.ts';

/** The members an ensemble may have, in the order in which they are fitted and combined. */
export const MEMBER_NAMES = ['LSTM', 'ARIMA_GARCH', 'GB', 'TRANSFORMER'] as const;
export type MemberName = (typeof MEMBER_NAMES)[number];

/** Chosen before a fit and never changed by it. Flat, so that a person can read it in a table. */
export type Hyperparameters = Readonly<Record<string, number | string | boolean>>;

/** How long a step may run. The clock is handed in: the core has none. */
export interface StepBudget {
  /** True when the step should stop at its next safe point. */
  expired(): boolean;
}

/** A budget that never expires: for tests and for hosts without a CPU limit. */
export const unlimitedBudget: StepBudget = { expired: () => false };

/** A fit, or any other long computation, that can be cut anywhere and continued elsewhere with the same bits. */
export interface Resumable<Result> {
  /** Works until done or until the budget expires, and at least one unit of work. True when done. */
  step(budget: StepBudget): boolean;
  /** The state to resume from; JSON, floats as base64 where bits matter. */
  checkpoint(): Json;
  /** Share of the work done: 1 when all is, and only then. Never decreases. */
  progress(): number;
  /** The outcome. @throws Error before `step` returned true. */
  result(): Result;
}

/** What a fit is given beside its series and hyperparameters. */
export interface FitOptions {
  /** Of all the fit's random numbers. */
  readonly seed: number;
  /** Of an earlier fit with the same series, hyperparameters and options. */
  readonly checkpoint?: Json;
  /**
   * Series of other symbols, with no bar after the cutoff, that a member may learn from too (LSTM and TRANSFORMER do: one network for
   * all of them). A companion with the series' own symbol is left out. Default none.
   */
  readonly companions?: readonly Series[];
}

/** A specified member. It cannot predict: only what `fit` gives can. */
export interface Forecaster {
  readonly name: string;
  /** Hyperparameters tried on validation, in a fixed order. */
  readonly grid: readonly Hyperparameters[];
  /** The bars a fit needs. */
  minimumBars(hyperparameters: Hyperparameters): number;
  /**
   * Begins a fit on all bars of `series`, or resumes it when `checkpoint` is given (same series, same hyperparameters).
   *
   * @throws FitError `too_few_bars`, `constant_series`, `not_finite`, `invalid_hyperparameters`; also from `step`
   */
  fit(series: Series, hyperparameters: Hyperparameters, options: FitOptions): Resumable<FittedForecaster>;
  /** A fitted member from its artifact. @throws FitError `invalid_artifact` */
  restore(artifact: Json): FittedForecaster;
}

/** A fitted member. */
export interface FittedForecaster {
  readonly name: string;
  /**
   * Forecasts the log return from the last bar of `history` over the next `steps` bars (default 1, 1 to 20),
   * cumulated. `history` starts where the fitted series started, or at least `minimumBars` before its end. A member
   * on the linear path knows less from a later start, and forecasts a little differently from another one.
   */
  predict(history: Series, steps?: number): PredictiveDistribution;
  /**
   * Forecasts over `steps` bars (default 1) that begin with the bars `from` to `to` - 1 of `series`; the forecast
   * that begins with bar i sees only bars before i. The same numbers as `predict` on each prefix, in one pass.
   */
  predictRange(series: Series, from: number, to: number, steps?: number): PredictiveDistribution[];
  /** The artifact: everything `restore` needs, to the bit. */
  toJSON(): Json;
}
