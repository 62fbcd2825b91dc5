import { InvalidInputError } from '../../shared/errors/invalid-input-error.ts';
import { DEFAULT_WINDOW_SIZES } from '../../shared/evaluation/rolling-windows.ts';
import { arimaGarch } from '../../shared/models/arima-garch/arima-garch.ts';
import {
  type ArmaGarchDescription,
  type DescribedParameter,
  describeArmaGarch,
} from '../../shared/models/arima-garch/describe-arma-garch.ts';
import { unlimitedBudget } from '../../shared/models/forecaster.ts';
import { isRealized } from '../../shared/models/garch/lagged-measure.ts';
import { logReturns } from '../../shared/series/log-returns.ts';
import { type Series, sliceSeries } from '../../shared/series/series.ts';
import type { KpssTest } from '../../shared/statistical-tests/kpss.ts';
import { type StationarityTests, stationarityTests } from '../../shared/statistical-tests/stationarity.ts';
import { type LeftOutFile, leftOutLines, lookForBarFiles } from '../bar-files.ts';
import { type CalendarChoice, requireChosenSymbols } from '../calendars/calendar-choice.ts';
import { calendarWithoutStack } from '../calendars/calendar-without-stack.ts';
import { namingFile } from '../naming-file.ts';
import { readCheckedBars } from '../read-checked-bars.ts';
import { type RefusedSymbol, RefusedSymbols } from '../refused-symbols.ts';

/** Bars that the latest forecast is fitted on: train and validation. */
const BARS = DEFAULT_WINDOW_SIZES['1D'].train + DEFAULT_WINDOW_SIZES['1D'].validation;

/** The fits of one symbol. */
interface Explanation {
  readonly symbol: string;
  readonly firstBar: string;
  readonly lastBar: string;
  readonly stationarity: {
    /** Around a trend. */
    readonly logCloses: StationarityTests;
    /** Around a level. */
    readonly returns: StationarityTests;
  };
  readonly fits: readonly ArmaGarchDescription[];
}

/** Dates that bars are read from and up to, `YYYY-MM-DD`. Default: all. */
interface Dates {
  readonly from?: string;
  readonly to?: string;
}

/** How files are read. */
interface ExplainOptions extends Dates {
  /** Of the symbols; default New York's. */
  readonly calendar?: CalendarChoice;
}

/**
 * `plumbline explain FILE|DIR`: fits each volatility model in the grid of the member `ARIMA_GARCH` to the latest 1,250
 * bars of a `SYMBOL.csv`, or of every one of a directory, and describes the fits. Needs no stack.
 *
 * @param symbols only these; default: every file
 * @param now no bar may be later, ISO 8601
 * @param tell gets lines for people
 * @returns the symbols that are refused, and the files that are left out, beside the explanations of the others
 * @throws InvalidInputError for a file that is not there or no list of bars; FitError for bars that cannot be fitted, such as
 *   too few: where nothing is left to explain. The message of what is wrong with a file begins with its path
 */
export function explain(
  path: string,
  symbols: readonly string[] | undefined,
  now: string,
  tell: (line: string) => void,
  { calendar, ...dates }: ExplainOptions = {},
): {
  readonly explanations: readonly Explanation[];
  readonly refused: readonly RefusedSymbol[];
  readonly leftOut: readonly LeftOutFile[];
} {
  const { files, leftOut } = lookForBarFiles(path, symbols);
  for (const line of leftOutLines(leftOut)) tell(line);
  const missing = symbols?.find((symbol) => files.every((file) => file.symbol !== symbol));
  if (missing !== undefined) {
    throw new InvalidInputError('no_such_file', `${path} does not hold bars of ${missing}`, {
      symbol: missing,
    });
  }
  requireChosenSymbols(calendar, files);
  const refused = new RefusedSymbols();
  const explanations: Explanation[] = [];
  for (const file of files) {
    const reading = { ...dates, calendar: calendarWithoutStack(calendar, file.symbol), now };
    try {
      const series = readCheckedBars(file, '1D', reading, tell);
      explanations.push(namingFile(file.path, () => explainSeries(series)));
    } catch (error) {
      refused.add(file.symbol, error);
    }
  }
  refused.settle(explanations.length, tell);
  return { explanations, refused: refused.list, leftOut };
}

function explainSeries(series: Series): Explanation {
  const bars = series.close.length;
  const latest = sliceSeries(series, Math.max(0, bars - BARS), bars);
  return {
    symbol: series.symbol,
    firstBar: latest.times[0],
    lastBar: latest.times[latest.times.length - 1],
    stationarity: {
      logCloses: stationarityTests(latest.close.map(Math.log), 'trend'),
      returns: stationarityTests(logReturns(latest.close), 'level'),
    },
    fits: distinctFits().map((hyperparameters) => describe(latest, hyperparameters)),
  };
}

/** Entries of the grid that differ in more than the shape of the forecast. */
function distinctFits() {
  const byModel = new Map(arimaGarch.grid.map((entry) => [`${entry.variance} ${entry.innovations}`, entry]));
  return [...byModel.values()];
}

function describe(series: Series, hyperparameters: (typeof arimaGarch.grid)[number]): ArmaGarchDescription {
  const fitting = arimaGarch.fit(series, hyperparameters, { seed: 1 });
  fitting.step(unlimitedBudget);
  return describeArmaGarch(fitting.result().toJSON(), series);
}

/** The explanations as lines that a person can read. */
export function explanationText(explanations: readonly Explanation[]): string {
  return [
    'In parentheses: robust standard errors of the estimate before.',
    ...explanations.flatMap(({ symbol, firstBar, lastBar, stationarity, fits }) => {
      const title = `${symbol}, ${firstBar.slice(0, 10)} to ${lastBar.slice(0, 10)}`;
      return [stationarityText(title, stationarity), ...fits.map((fit) => fitText(title, fit))];
    }),
  ].join('\n\n');
}

function stationarityText(title: string, { logCloses, returns }: Explanation['stationarity']): string {
  const line = (what: string, { augmentedDickeyFuller: adf, kpss }: StationarityTests) =>
    `    ${what} ${pValueText(adf)} (ADF, ${adf?.lags ?? 0} lags), ${kpssText(kpss)} (KPSS, ${kpss?.lags ?? 0} lags)`;
  return [
    `${title}: stationarity`,
    '  p values of "a random walk" (ADF) and of "stationary" (KPSS):',
    line('log closes around a trend:', logCloses),
    line('returns around a level:   ', returns),
  ].join('\n');
}

/** Its table ends at 0.01 and 0.1. */
function kpssText(test: KpssTest | null): string {
  const bound = test?.pValue === 0.01 ? 'at most ' : test?.pValue === 0.1 ? 'at least ' : '';
  return `${bound}${pValueText(test)}`;
}

function pValueText(test: { readonly pValue: number } | null): string {
  return test?.pValue.toFixed(3) ?? 'none';
}

/** Why there are no standard errors, in words. */
const REASONS: Readonly<Record<NonNullable<ArmaGarchDescription['noStandardErrors']>, string>> = {
  not_positive_definite: 'the data do not tell the parameters apart (not_positive_definite)',
  no_derivatives: 'the likelihood ends beside the estimates (no_derivatives)',
  not_identified: 'nothing reacts to shocks, so the data say nothing of what follows one (not_identified)',
  too_few_measures:
    'fewer than 50 bars have a range to learn from; the variance is constant (too_few_measures)',
};

function fitText(title: string, fit: ArmaGarchDescription): string {
  const { ljungBox, ljungBoxOfSquares, archLm, jarqueBera } = fit.residualTests;
  const p = pValueText;
  const of = isRealized(fit.variance) ? ' of returns and ranges, not comparable with one of returns' : '';
  const notes = [
    ...(fit.converged ? [] : ['not converged']),
    ...(fit.atBounds.length > 0 ? [`at a bound, held fixed: ${fit.atBounds.join(', ')}`] : []),
    ...(fit.noStandardErrors === null ? [] : [`no standard errors: ${REASONS[fit.noStandardErrors]}`]),
  ];
  return [
    `${title}: ${fit.variance}, ${fit.innovations} innovations, ${fit.returns} returns`,
    `  log-likelihood ${fit.logLikelihood.toFixed(2)}${of}`,
    ...[...fit.mean, ...fit.volatility].map(parameterText),
    ...notes.map((note) => `  ${note}`),
    '  p values of the standardised residuals, 10 lags; Jarque-Bera of normality:',
    `    Ljung-Box ${p(ljungBox)}, of squares ${p(ljungBoxOfSquares)}, ARCH-LM ${p(archLm)}`,
    `    Jarque-Bera ${p(jarqueBera)}${shapeText(jarqueBera)}`,
  ].join('\n');
}

function shapeText(test: ArmaGarchDescription['residualTests']['jarqueBera']): string {
  if (test === null) return '';
  return `, skewness ${test.skewness.toFixed(2)}, kurtosis ${test.kurtosis.toFixed(2)} (3 if normal)`;
}

function parameterText({ name, estimate, standardError }: DescribedParameter): string {
  const error = standardError === null ? '' : `  (${standardError.toPrecision(3)})`;
  return `  ${name.padEnd(16)}${estimate.toPrecision(5).padStart(12)}${error}`;
}
