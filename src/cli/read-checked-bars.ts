import type { TradingCalendar } from '../shared/calendars/trading-calendar.ts';
import type { FileReadingOptions } from '../shared/market-data/file-reading.ts';
import { parseCsvBars } from '../shared/market-data/parse-csv-bars.ts';
import { checkBars } from '../shared/series/check-bars.ts';
import { eightHourSeries } from '../shared/series/eight-hour-bars.ts';
import type { EvaluatedHorizon } from '../shared/series/horizon.ts';
import { columnsFromBars, type Series } from '../shared/series/series.ts';
import { asSentence } from '../shared/wording/as-sentence.ts';
import { type BarFile, readBarFile } from './bar-files.ts';
import { namingFile } from './naming-file.ts';
import { readingLines } from './reading-lines.ts';

/** Which bars of a file are read, and what they are held against. */
export interface CheckedReading extends Pick<FileReadingOptions, 'now' | 'from' | 'to'> {
  readonly calendar: TradingCalendar;
}

/**
 * The series of a file for a command that needs no stack: its bars, if the gate takes them.
 *
 * @param horizon `8h`: the bars of eight hours that are made of the file's half sessions
 * @param tell gets lines for people: what the file was read as, and what the gate notes
 * @throws InvalidInputError for what cannot be read, FitError for what the gate refuses: the message begins with the file's path
 */
export function readCheckedBars(
  file: BarFile,
  horizon: EvaluatedHorizon,
  { calendar, ...reading }: CheckedReading,
  tell: (line: string) => void,
): Series {
  const { symbol, timeframe, adjustment } = file;
  return namingFile(file.path, () => {
    const read = parseCsvBars(readBarFile(file), { ...reading, timeframe, symbol, adjustment, calendar });
    for (const line of readingLines(symbol, read.reading)) tell(line);
    const received = checkBars(columnsFromBars(symbol, timeframe, read.bars), { calendar });
    // Bars of eight hours are other bars, with moves of their own.
    const { series, notes } =
      horizon === '8h' ? checkBars(eightHourSeries(received.series), { calendar }) : received;
    for (const { message } of notes) tell(`${symbol}: ${asSentence(message)}`);
    return series;
  });
}
