import exp from '@stdlib/math-base-special-exp';
import ln from '@stdlib/math-base-special-ln';
import type { Series } from '../../series/series.ts';
import { NormalEquations } from './normal-equations.ts';
import { type Columns, pathColumns } from './path-columns.ts';
import { LEVEL_REGRESSORS, OTHERS_REGRESSORS, OWN_REGRESSORS, type Regressor } from './regressors.ts';

/**
 * Bars with a log range before the first forecast: those that the longest short mean looks at, and some to learn
 * from.
 */
const FIRST_ROWS = 30;
/** Bars between refits, counted from the series' first bar. */
const REFIT_EVERY = 21;
/** Rows that covariates must have been there for before their columns take part. */
const COVARIATE_ROWS = 60;
/** How many rows' weight a slope's target has. */
const SHRINKAGE_ROWS = 60;

/**
 * Squared moves in units of the expected range: their mean at the start, what weight it has in bars, and what counts
 * at most.
 */
const START_CALIBRATION = 1.3;
const START_BARS = 60;
const LARGEST_SQUARE = 16;

/**
 * What a series' own past, and that of its covariates, lets a linear model expect of each bar's successor; arrays as
 * long as the series.
 */
export interface LinearPath {
  /** Half the log of each bar's variance measure, held (see `HeldLogMeasure`); NaN before any bar has moved. */
  readonly logRanges: Float64Array;
  /** What is expected at a bar of the next one's log range; NaN while there is too little to expect anything from. */
  readonly expected: Float64Array;
  /**
   * Standard deviation expected at a bar of the next one's log return: that range, brought to the returns' scale; NaN
   * as `expected`.
   */
  readonly scale: Float64Array;
}

/**
 * Runs along a series and expects at each bar the next one's log range, by a heterogeneous autoregression (Corsi
 * 2009) with asymmetry, volume, calendar and covariates, fitted by least squares to what is then past and refitted
 * every 21 bars.
 *
 * No element depends on a later bar or covariate's value; each depends on where the series starts, the less the more
 * bars lie between. Bars whose covariates are missing are fitted and forecast without them.
 *
 * @throws InvalidInputError `invalid_date` for a bar whose time is no date
 */
export function linearPath(series: Series): LinearPath {
  const { logRanges, returns, own, level, others } = pathColumns(series);
  // Without covariates, then with each kind, last with all.
  const models = [
    new PathModel(own),
    ...(others === undefined ? [] : [new PathModel(own, undefined, others)]),
    ...(level === undefined ? [] : [new PathModel(own, level)]),
    ...(level === undefined || others === undefined ? [] : [new PathModel(own, level, others)]),
  ];
  const bars = logRanges.length;
  const expected = new Float64Array(bars).fill(Number.NaN);
  const scale = new Float64Array(bars).fill(Number.NaN);
  let squares = START_CALIBRATION * START_BARS;
  let weight = START_BARS;
  for (let t = 1; t < bars; t++) {
    for (const model of models) model.learn(t - 1, logRanges[t]);
    if (Number.isFinite(expected[t - 1]) && Number.isFinite(returns[t])) {
      const square = returns[t] * returns[t] * exp(-2 * expected[t - 1]);
      squares += Math.min(square, (LARGEST_SQUARE * squares) / weight);
      weight++;
    }
    if (t % REFIT_EVERY === 0) for (const model of models) model.refit();
    for (const model of models) {
      const value = model.expect(t);
      if (!Number.isNaN(value)) expected[t] = value;
    }
    scale[t] = exp(expected[t]) * Math.sqrt(squares / weight);
  }
  return { logRanges, expected, scale };
}

/** {@link linearPath}, with a usual standard deviation of the returns where nothing is known or expected yet. */
export function linearPathFrom(series: Series, usual: number): LinearPath {
  const { logRanges, expected, scale } = linearPath(series);
  const known = (values: Float64Array, otherwise: number) =>
    values.map((value) => (Number.isNaN(value) ? otherwise : value));
  return {
    logRanges: known(logRanges, ln(usual)),
    expected: known(expected, ln(usual)),
    scale: known(scale, usual),
  };
}

/** The regression on the series' own columns and some of its covariates'. */
class PathModel {
  readonly #columns: readonly Float64Array[];
  readonly #equations: NormalEquations;
  readonly #targets: readonly number[];
  readonly #penalties: readonly number[];
  readonly #rowsNeeded: number;
  #coefficients: Float64Array | null = null;

  constructor(own: Columns, level?: Columns, others?: Columns) {
    const regressors: readonly Regressor[] = [
      ...OWN_REGRESSORS,
      ...(level === undefined ? [] : LEVEL_REGRESSORS),
      ...(others === undefined ? [] : OTHERS_REGRESSORS),
    ];
    const columns = { ...own, ...level, ...others };
    this.#columns = regressors.map(({ name }) => columns[name]);
    this.#equations = new NormalEquations(regressors.length);
    this.#targets = regressors.map(({ slope, slopeBesideLevel }) =>
      level === undefined ? slope : slopeBesideLevel,
    );
    this.#penalties = regressors.map(({ variance }) => SHRINKAGE_ROWS * variance);
    this.#rowsNeeded = level === undefined && others === undefined ? FIRST_ROWS : COVARIATE_ROWS;
  }

  /** Takes what came after bar `t`. */
  learn(t: number, logRange: number): void {
    this.#equations.add(this.#columns, t, logRange);
  }

  refit(): void {
    if (this.#equations.count < this.#rowsNeeded) return;
    this.#coefficients = this.#equations.solve(this.#targets, this.#penalties) ?? this.#coefficients;
  }

  /** NaN before the first fit, and where a column has no value. */
  expect(t: number): number {
    if (this.#coefficients === null) return Number.NaN;
    let sum = this.#coefficients[0];
    for (let j = 0; j < this.#columns.length; j++) sum += this.#coefficients[j + 1] * this.#columns[j][t];
    return sum;
  }
}
