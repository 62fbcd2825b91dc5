// npm run evaluate: walk-forward validation in this process and its threads, without a database.

import { parseEnvironment } from '../../shared/contracts/environment.ts';
import { type EnsembleReport, evaluationReportSchema } from '../../shared/contracts/evaluation-report.ts';
import { companionsUpTo } from '../../shared/ensemble/companions.ts';
import type { EnsembleConfiguration, EnsembleName } from '../../shared/ensemble/ensemble-configuration.ts';
import { InvalidInputError } from '../../shared/errors/invalid-input-error.ts';
import { DEFAULT_WINDOW_SIZES, rollingWindows } from '../../shared/evaluation/rolling-windows.ts';
import { parseCsvBars } from '../../shared/market-data/parse-csv-bars.ts';
import { ensembleReport } from '../../shared/report/ensemble-report.ts';
import { checkBars } from '../../shared/series/check-bars.ts';
import { eightHourSeries } from '../../shared/series/eight-hour-bars.ts';
import { receivedTimeframeOf } from '../../shared/series/horizon.ts';
import { columnsFromBars, type Series, sliceSeries } from '../../shared/series/series.ts';
import { CODE_VERSION } from '../../shared/version.ts';
import { counted } from '../../shared/wording/counted.ts';
import { printableJson } from '../../shared/wording/printable.ts';
import {
  type BarFile,
  findBarFiles,
  leftOutLines,
  lookForBarFiles,
  readBarFile,
  sampleBarFile,
} from '../bar-files.ts';
import { requireChosenSymbols } from '../calendars/calendar-choice.ts';
import { calendarWithoutStack } from '../calendars/calendar-without-stack.ts';
import { exitWithError } from '../exit-with-error.ts';
import { helpText } from '../options/help-text.ts';
import { print, printJson, tell } from '../print.ts';
import { readingLines } from '../reading-lines.ts';
import { EVALUATE, type EvaluateOptions, parseEvaluateOptions } from './evaluate-options.ts';
import type { EvaluateTask } from './evaluate-task.ts';
import { evaluationTable } from './evaluation-table.ts';
import { requireWritable, writeWhole } from './output-file.ts';
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
  if (out !== undefined) requireWritable(out, '--out');
  if (html !== undefined) requireWritable(html, '--html');
  const createdAt = new Date().toISOString();
  const configurations = options.ensemble.map((name) => configurationOf(name));
  const received = receivedTimeframeOf(options.horizon);
  const { files, leftOut } =
    options.csv === undefined
      ? { files: [sampleBarFile()], leftOut: [] }
      : lookForBarFiles(options.csv, options.symbols, received);
  for (const line of leftOutLines(leftOut)) tell(line);
  requireChosenSymbols(options.calendar, files);
  const series = files.map((file) => readSeries(file, options, createdAt));

  const ensembles: EnsembleReport[] = [];
  for (const configuration of configurations) {
    const companions = companionSeries(configuration, options, series, createdAt);
    const tasks = series.flatMap((one) => tasksOf(one, configuration, companions));
    const report = progressReporter(
      `${configuration.ensemble}: ${counted(tasks.length, 'window')} of ${counted(series.length, 'symbol')} on ${counted(options.threads, 'thread')}`,
      tasks.length,
    );
    const windows = await runTasks(tasks, options.threads, report);
    ensembles.push(ensembleReport(configuration, windows));
  }
  const report = evaluationReportSchema.parse({
    code_version: CODE_VERSION,
    created_at: createdAt,
    horizon: options.horizon,
    sizes: DEFAULT_WINDOW_SIZES[options.horizon],
    from: options.from ?? null,
    to: options.to ?? null,
    left_out: leftOut,
    ensembles,
  });
  if (out !== undefined) writeWhole(out, `${printableJson(report)}\n`);
  if (html !== undefined) writeWhole(html, reportPage(report));
  if (options.json) printJson(report);
  else print(evaluationTable(report));
}

/** The candidate is what the environment asks for; the baseline is the legacy preset. */
function configurationOf(name: EnsembleName): EnsembleConfiguration {
  const read = (variable: string) => process.env[variable];
  const { configuration, baseline } = parseEnvironment(read);
  if (name === 'baseline') return baseline;
  if (configuration.ensemble === name) return configuration;
  throw new InvalidInputError(
    'contradictory_environment',
    `ENSEMBLE_MODEL_COUNT=${read('ENSEMBLE_MODEL_COUNT')} is the ${configuration.ensemble}: ask for it with --ensemble ${configuration.ensemble}`,
  );
}

function readSeries(
  file: BarFile,
  { calendar: choice, from, to, horizon }: EvaluateOptions,
  now: string,
): Series {
  // The times of half sessions begin with their dates.
  const text = readBarFile(file);
  const { symbol, timeframe, adjustment } = file;
  const rules = { calendar: calendarWithoutStack(choice, symbol) };
  const { bars, reading } = inContext(file.path, () =>
    parseCsvBars(text, { ...rules, timeframe, now, from, to, symbol, adjustment }),
  );
  for (const line of readingLines(symbol, reading)) tell(line);
  const { series } = checkBars(columnsFromBars(symbol, timeframe, bars), rules);
  // Bars of eight hours are other bars, with moves of their own.
  return horizon === '8h' ? checkBars(eightHourSeries(series), rules).series : series;
}

/** Those of the configuration; read from the same directory where they are not evaluated themselves. */
function companionSeries(
  { companions = [] }: EnsembleConfiguration,
  options: EvaluateOptions,
  evaluated: readonly Series[],
  now: string,
): Series[] {
  return companions.map((symbol) => {
    const found = evaluated.find((series) => series.symbol === symbol);
    if (found !== undefined) return found;
    if (options.csv === undefined) {
      throw new InvalidInputError(
        'no_such_file',
        `LSTM_COMPANIONS names ${symbol}, which --csv DIR must hold`,
      );
    }
    return readSeries(
      findBarFiles(options.csv, [symbol], receivedTimeframeOf(options.horizon))[0],
      options,
      now,
    );
  });
}

function tasksOf(
  series: Series,
  configuration: EnsembleConfiguration,
  companions: readonly Series[],
): EvaluateTask[] {
  const sizes = DEFAULT_WINDOW_SIZES[series.timeframe];
  return inContext(`${series.symbol} ${series.timeframe}`, () =>
    rollingWindows(series.times.length, sizes),
  ).map(({ windowId, trainFrom, validationFrom, testFrom, end }) => ({
    series: sliceSeries(series, trainFrom, end),
    window: {
      windowId,
      trainFrom: 0,
      validationFrom: validationFrom - trainFrom,
      testFrom: testFrom - trainFrom,
      end: end - trainFrom,
    },
    configuration,
    companions: companionsUpTo(
      companions.filter(({ symbol }) => symbol !== series.symbol),
      series.times[end - 1],
      end - trainFrom,
    ),
  }));
}

/** Says with a refusal which of several files or symbols it is about. */
function inContext<T>(context: string, use: () => T): T {
  try {
    return use();
  } catch (error) {
    if (!(error instanceof InvalidInputError)) throw error;
    throw new InvalidInputError(error.code, `${context}: ${error.message}`, error.details);
  }
}

main().catch(exitWithError);
