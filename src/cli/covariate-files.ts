import { existsSync } from 'node:fs';
import { InvalidInputError } from '../shared/errors/invalid-input-error.ts';
import type { CovariateMeasure, CovariateName } from '../shared/series/covariate.ts';
import type { ReceivedTimeframe } from '../shared/series/series.ts';
import {
  type BarFile,
  type FoundBarFiles,
  findBarFiles,
  lookForBarFiles,
  sampleBarFile,
} from './bar-files.ts';
import type { StackAccess } from './call-function.ts';
import { RefusedSymbols } from './refused-symbols.ts';
import type { UploadOptions } from './upload-bars.ts';
import { uploadFiles } from './upload-files.ts';

/** The daily bars of a symbol that is read beside others and not forecast. */
export interface CovariateFile {
  readonly file: BarFile;
  readonly measure: CovariateMeasure;
}

/** Which covariates there are files of, and of which there are none. */
export interface FoundCovariates {
  readonly files: readonly CovariateFile[];
  readonly missing: readonly string[];
}

/** How a symbol that is only read is stored: whole, where its range is wanted. */
function measureOf(symbol: string, names: readonly CovariateName[]): CovariateMeasure | undefined {
  const measures = names.filter((name) => name.symbol === symbol).map(({ measure }) => measure);
  return measures.includes('range') ? 'range' : measures[0];
}

/**
 * Is a symbol read by its level alone? Such a one of a directory is an index, such as VIX, and is forecast only where
 * somebody asks for it by name.
 */
function isReadByLevel(symbol: string, names: readonly CovariateName[]): boolean {
  return measureOf(symbol, names) === 'level';
}

/**
 * The files of the symbols that are forecast: of a directory what is read by its level alone is only if it is asked
 * for by name.
 *
 * @throws what `lookForBarFiles` throws; InvalidInputError `no_bar_files` when a directory holds covariates alone
 */
export function forecastFiles(
  { csv, symbols }: { readonly csv?: string; readonly symbols?: readonly string[] },
  timeframe: ReceivedTimeframe,
  covariates: readonly CovariateName[],
): FoundBarFiles {
  if (csv === undefined) return { files: [sampleBarFile()], leftOut: [] };
  const found = lookForBarFiles(csv, symbols, timeframe);
  if (symbols !== undefined) return found;
  const files = found.files.filter(({ symbol }) => !isReadByLevel(symbol, covariates));
  if (files.length > 0) return { ...found, files };
  throw new InvalidInputError(
    'no_bar_files',
    `${csv} holds covariates alone: name what is forecast with --symbols, or add its file`,
  );
}

/**
 * The files of the covariates that are not forecast themselves.
 *
 * @param csv directory or file; undefined: there are none
 * @param forecast symbols whose bars are stored anyway
 */
export function findCovariateFiles(
  names: readonly CovariateName[],
  csv: string | undefined,
  forecast: readonly string[],
): FoundCovariates {
  const symbols = [...new Set(names.map(({ symbol }) => symbol))].filter((one) => !forecast.includes(one));
  const files: CovariateFile[] = [];
  const missing: string[] = [];
  for (const symbol of symbols) {
    try {
      if (csv === undefined || !existsSync(csv)) throw new InvalidInputError('no_such_file', '', { symbol });
      const [file] = findBarFiles(csv, [symbol], '1D');
      files.push({ file, measure: measureOf(symbol, names)! });
    } catch (error) {
      if (!(error instanceof InvalidInputError && error.code === 'no_such_file')) throw error;
      missing.push(symbol);
    }
  }
  return { files, missing };
}

/**
 * Stores the bars of covariates, before those of the symbols that read them. One that is refused is told and left out.
 *
 * @param tell gets lines for people
 * @throws StoreError what is no fault of a file
 */
export async function uploadCovariates(
  stack: StackAccess,
  { files, missing }: FoundCovariates,
  upload: UploadOptions,
  tell: (line: string) => void,
): Promise<void> {
  const refused = new RefusedSymbols();
  for (const { file, measure } of files)
    await uploadFiles(stack, [file], { ...upload, covariate: measure }, refused, tell);
  for (const { symbol, code, message } of refused.list)
    tell(`error: ${code}: ${message}; the covariate ${symbol} is left out`);
  for (const symbol of missing)
    tell(`There is no file of the covariate ${symbol}: without stored bars forecasts leave it out`);
}
