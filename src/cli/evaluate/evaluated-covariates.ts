import { InvalidInputError } from '../../shared/errors/invalid-input-error.ts';
import { parseCsvBars } from '../../shared/market-data/parse-csv-bars.ts';
import { checkCovariates } from '../../shared/series/check-covariates.ts';
import type { CovariateName } from '../../shared/series/covariate.ts';
import { columnsFromBars } from '../../shared/series/series.ts';
import type { CovariateSeries } from '../../shared/series/with-covariates.ts';
import { findBarFiles, readBarFile } from '../bar-files.ts';
import { namingFile } from '../naming-file.ts';
import type { CheckedReading } from '../read-checked-bars.ts';

/**
 * Daily bars of the covariates of an evaluation, from the directory of its symbols. Unlike a forecast, which goes on
 * without one that is missing, an evaluation says how good a forecast with them is, so all must be there.
 *
 * @param readingOf how a symbol's file is read
 * @throws InvalidInputError `no_such_file`; for a file that cannot be read, or is refused by the gate, its code
 */
export function evaluatedCovariates(
  names: readonly CovariateName[],
  csv: string | undefined,
  readingOf: (symbol: string) => CheckedReading,
): readonly CovariateSeries[] {
  return names.map((name) => {
    const { symbol, measure } = name;
    if (csv === undefined)
      throw new InvalidInputError(
        'no_such_file',
        `The covariate ${symbol} is read from ${symbol}.csv of --csv DIR`,
      );
    const [file] = findBarFiles(csv, [symbol], '1D');
    // Bars before the first that is evaluated are known to it too.
    const { calendar, to, now } = readingOf(symbol);
    return namingFile(file.path, () => {
      const closesOnly = measure === 'level';
      const { bars } = parseCsvBars(readBarFile(file), {
        timeframe: '1D',
        symbol,
        calendar,
        closesOnly,
        to,
        now,
      });
      const found = [{ bars: columnsFromBars(symbol, '1D', bars), rules: { calendar } }];
      const { covariates, notes } = checkCovariates([name], found);
      if (covariates.length > 0) return covariates[0];
      const [{ message, details }] = notes;
      throw new InvalidInputError(String(details.error_code ?? 'covariate_left_out'), message, details);
    });
  });
}
