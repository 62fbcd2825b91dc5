// npm run evaluate: walk-forward validation in this process and its threads, without a database.

import { parseEnvironment } from '../../shared/contracts/environment.ts';
import { type EnsembleReport, evaluationReportSchema } from '../../shared/contracts/evaluation-report.ts';
import { companionsUpTo } from '../../shared/ensemble/companions.ts';
import type { EnsembleConfiguration, EnsembleName } from '../../shared/ensemble/ensemble-configuration.ts';
import { InvalidInputError } from '../../shared/errors/invalid-input-error.ts';
import {
  DEFAULT_WINDOW_SIZES,
  rollingWindows,
  type Window,
} from '../../shared/evaluation/rolling-windows.ts';
import { ensembleReport } from '../../shared/report/ensemble-report.ts';
import { horizonSteps, receivedTimeframeOf, timeframeOf } from '../../shared/series/horizon.ts';
import { type Series, sliceSeries } from '../../shared/series/series.ts';
import { withCovariates } from '../../shared/series/with-covariates.ts';
import { CODE_VERSION } from '../../shared/version.ts';
import { counted } from '../../shared/wording/counted.ts';
import { printableJson } from '../../shared/wording/printable.ts';
import { findBarFiles, leftOutLines } from '../bar-files.ts';
import { requireChosenSymbols } from '../calendars/calendar-choice.ts';
import { calendarWithoutStack } from '../calendars/calendar-without-stack.ts';
import { forecastFiles } from '../covariate-files.ts';
import { exitWithError } from '../exit-with-error.ts';
import { namingFile } from '../naming-file.ts';
import { helpText } from '../options/help-text.ts';
import { print, printJson, tell } from '../print.ts';
import { type CheckedReading, readCheckedBars } from '../read-checked-bars.ts';
import { RefusedSymbols } from '../refused-symbols.ts';
import {
  EVALUATE,
  type EvaluateOptions,
  inputFiles,
  OUTPUT_FILES,
  parseEvaluateOptions,
} from './evaluate-options.ts';
import type { EvaluateTask } from './evaluate-task.ts';
import { evaluatedCovariates } from './evaluated-covariates.ts';
import { evaluationTable } from './evaluation-table.ts';
import { eventsReport, withEventsOfFile } from './event-file.ts';
import { FORECAST_HEADER } from './forecast-lines.ts';
import { GrowingFile, requireNoInput, requireWritable, writeWhole } from './output-file.ts';
import { progressReporter } from './progress.ts';
import { reportPage } from './report-page/report-page.ts';
import { runTasks } from './run-tasks.ts';

async function main(): Promise<void> {
  const options = parseEvaluateOptions(process.argv.slice(2));
  if (options === null) {
    print(helpText(EVALUATE));
    return;
  }
  const { out, html } = options;
  const inputs = inputFiles(options);
  for (const option of OUTPUT_FILES) {
    const file = options[option];
    if (file === undefined) continue;
    requireWritable(file, `--${option}`);
    requireNoInput(file, `--${option}`, inputs);
  }
  const createdAt = new Date().toISOString();
  const configurations = options.ensemble.map((name) => configurationOf(name, options));
  const received = receivedTimeframeOf(options.horizon);
  const names = configurations.flatMap(({ covariates = [] }) => covariates);
  const { files, leftOut } = forecastFiles(options, received, names);
  const steps = horizonSteps(options.horizon);
  for (const line of leftOutLines(leftOut)) tell(line);
  requireChosenSymbols(options.calendar, [...files, ...names]);
  const refused = new RefusedSymbols();
  const read: Series[] = [];
  for (const file of files) {
    const reading = readingOf(file.symbol, options, createdAt);
    try {
      const one = readCheckedBars(file, options.horizon, reading, tell);
      // Before anything is computed: one that is too short for a window is named with the others.
      windowsOf(one, steps);
      read.push(one);
    } catch (error) {
      refused.add(file.symbol, error);
    }
  }
  refused.settle(read.length, tell);
  const series = options.events === undefined ? read : withEventsOfFile(options.events, read, tell);
  const covariates = evaluatedCovariates(names, options.csv, (symbol) =>
    readingOf(symbol, options, createdAt),
  );

  const forecasts = options.forecasts === undefined ? null : new GrowingFile(options.forecasts);
  const ensembles: EnsembleReport[] = [];
  // Of an evaluation that fails, no half of a file is left.
  process.once('exit', () => forecasts?.abandon());
  forecasts?.append(FORECAST_HEADER);
  for (const configuration of configurations) {
    const companions = companionSeries(configuration, options, series, refused, createdAt);
    const { covariates: own = [] } = configuration;
    const beside = covariates.filter(({ series: { symbol }, measure }) =>
      own.some((name) => name.symbol === symbol && name.measure === measure),
    );
    const tasks = series.flatMap((one) => {
      const informed = beside.length === 0 ? one : withCovariates(one, beside);
      return tasksOf(informed, configuration, companions, steps, forecasts !== null);
    });
    const report = progressReporter(
      `${configuration.ensemble}: ${counted(tasks.length, 'window')} of ${counted(series.length, 'symbol')} on ${counted(options.threads, 'thread')}`,
      tasks.length,
    );
    const windows = await runTasks(tasks, options.threads, report, (lines) => forecasts?.append(lines));
    ensembles.push(ensembleReport(configuration, windows, steps));
  }
  const report = evaluationReportSchema.parse({
    code_version: CODE_VERSION,
    created_at: createdAt,
    horizon: options.horizon,
    sizes: DEFAULT_WINDOW_SIZES[timeframeOf(options.horizon)],
    from: options.from ?? null,
    to: options.to ?? null,
    events: eventsReport(series),
    left_out: leftOut,
    refused: refused.list,
    ensembles,
  });
  forecasts?.finish();
  if (out !== undefined) writeWhole(out, `${printableJson(report)}\n`);
  if (html !== undefined) writeWhole(html, reportPage(report));
  if (options.json) printJson(report);
  else print(evaluationTable(report));
  if (refused.list.length > 0) process.exitCode = 1;
}

/** The candidate is what the environment asks for; the baseline is the legacy preset. */
function configurationOf(name: EnsembleName, { covariates }: EvaluateOptions): EnsembleConfiguration {
  const read = (variable: string) => process.env[variable];
  const { configuration, baseline } = parseEnvironment(read);
  if (name === 'baseline') return baseline;
  if (configuration.ensemble === name) return { ...configuration, ...(covariates && { covariates }) };
  throw new InvalidInputError(
    'contradictory_environment',
    `ENSEMBLE_MODEL_COUNT=${read('ENSEMBLE_MODEL_COUNT')} is the ${configuration.ensemble}: ask for it with --ensemble ${configuration.ensemble}`,
  );
}

/** @throws InvalidInputError `unknown_calendar`, which is no fault of the file */
function readingOf(symbol: string, { calendar, from, to }: EvaluateOptions, now: string): CheckedReading {
  return { calendar: calendarWithoutStack(calendar, symbol), from, to, now };
}

/** Those of the configuration; read from the same directory where they are not evaluated themselves. One that is refused is left out. */
function companionSeries(
  { companions = [] }: EnsembleConfiguration,
  options: EvaluateOptions,
  evaluated: readonly Series[],
  refused: RefusedSymbols,
  now: string,
): Series[] {
  return companions.flatMap((symbol) => {
    const found = evaluated.find((series) => series.symbol === symbol);
    if (found !== undefined) return found;
    if (refused.list.some((one) => one.symbol === symbol)) return [];
    if (options.csv === undefined) {
      throw new InvalidInputError(
        'no_such_file',
        `LSTM_COMPANIONS names ${symbol}, which --csv DIR must hold`,
      );
    }
    const [file] = findBarFiles(options.csv, [symbol], receivedTimeframeOf(options.horizon));
    const reading = readingOf(file.symbol, options, now);
    try {
      return readCheckedBars(file, options.horizon, reading, tell);
    } catch (error) {
      refused.add(symbol, error);
      const { code, message } = refused.list[refused.list.length - 1];
      tell(`error: ${code}: ${message}; the companion ${symbol} is left out`);
      return [];
    }
  });
}

function tasksOf(
  series: Series,
  configuration: EnsembleConfiguration,
  companions: readonly Series[],
  steps: number,
  wantsForecasts: boolean,
): EvaluateTask[] {
  return windowsOf(series, steps).map(({ windowId, trainFrom, validationFrom, testFrom, end }) => ({
    series: sliceSeries(series, trainFrom, end),
    window: {
      windowId,
      trainFrom: 0,
      validationFrom: validationFrom - trainFrom,
      testFrom: testFrom - trainFrom,
      end: end - trainFrom,
    },
    configuration,
    steps,
    wantsForecasts,
    companions: companionsUpTo(
      companions.filter(({ symbol }) => symbol !== series.symbol),
      series.times[end - 1],
      end - trainFrom,
    ),
  }));
}

/** @throws InvalidInputError `too_few_bars_for_window` */
function windowsOf({ symbol, timeframe, times }: Series, steps: number): Window[] {
  const sizes = DEFAULT_WINDOW_SIZES[timeframe];
  return namingFile(`${symbol} ${timeframe}`, () => rollingWindows(times.length, sizes, steps));
}

main().catch(exitWithError);
