import { parseCsvBars } from '../../shared/market-data/parse-csv-bars.ts';
import { arimaGarch } from '../../shared/models/arima-garch/arima-garch.ts';
import {
  type ArmaGarchDescription,
  type DescribedParameter,
  describeArmaGarch,
} from '../../shared/models/arima-garch/describe-arma-garch.ts';
import { unlimitedBudget } from '../../shared/models/forecaster.ts';
import { type Series, seriesFromBars, sliceSeries } from '../../shared/series/series.ts';
import { findBarFiles, readBarFile } from '../bar-files.ts';

/** Bars that the latest forecast is fitted on: train and validation. */
const BARS = 1_250;

/** The fits of one symbol. */
export interface Explanation {
  readonly symbol: string;
  readonly first_bar: string;
  readonly last_bar: string;
  readonly fits: readonly ArmaGarchDescription[];
}

/**
 * `plumbline explain FILE|DIR`: fits every volatility model of the member `ARIMA_GARCH` to the latest 1,250 bars of a
 * `SYMBOL.csv`, or of every one of a directory, and describes the fits. Needs no stack.
 *
 * @param now no bar may be later, ISO 8601
 * @throws InvalidInputError for a file that is not there or no list of bars; FitError for too few bars
 */
export function explain(path: string, symbols: readonly string[] | undefined, now: string): Explanation[] {
  return findBarFiles(path, symbols).map((file) => {
    const series = seriesFromBars(file.symbol, '1D', parseCsvBars(readBarFile(file), '1D', now));
    const bars = series.close.length;
    const latest = sliceSeries(series, Math.max(0, bars - BARS), bars);
    return {
      symbol: file.symbol,
      first_bar: latest.times[0],
      last_bar: latest.times[latest.times.length - 1],
      fits: distinctFits().map((hyperparameters) => describe(latest, hyperparameters)),
    };
  });
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
  return explanations
    .flatMap(({ symbol, first_bar, last_bar, fits }) =>
      fits.map((fit) => fitText(`${symbol}, ${first_bar.slice(0, 10)} to ${last_bar.slice(0, 10)}`, fit)),
    )
    .join('\n\n');
}

function fitText(title: string, fit: ArmaGarchDescription): string {
  const { ljungBox, ljungBoxOfSquares, archLm } = fit.residualTests;
  const p = (test: { readonly pValue: number } | null) => test?.pValue.toFixed(3) ?? 'none';
  const notes = [
    ...(fit.converged ? [] : ['not converged']),
    ...(fit.atBounds.length > 0 ? [`at a bound, held fixed: ${fit.atBounds.join(', ')}`] : []),
    ...(fit.noStandardErrors === null ? [] : [`no standard errors: ${fit.noStandardErrors}`]),
  ];
  return [
    `${title}: ${fit.variance}, ${fit.innovations} innovations, ${fit.returns} returns, log-likelihood ${fit.logLikelihood.toFixed(2)}`,
    ...[...fit.mean, ...fit.volatility].map(parameterText),
    ...notes.map((note) => `  ${note}`),
    `  p values of the standardised residuals, 10 lags: Ljung-Box ${p(ljungBox)}, of squares ${p(ljungBoxOfSquares)}, ARCH-LM ${p(archLm)}`,
  ].join('\n');
}

function parameterText({ name, estimate, standardError }: DescribedParameter): string {
  const error = standardError === null ? '' : `  (${standardError.toPrecision(3)})`;
  return `  ${name.padEnd(16)}${estimate.toPrecision(5).padStart(12)}${error}`;
}
