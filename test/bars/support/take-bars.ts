import { NEW_YORK } from '../../../src/shared/calendars/built-in-calendars.ts';
import type { TradingCalendar } from '../../../src/shared/calendars/trading-calendar.ts';
import { PlumblineError } from '../../../src/shared/errors/plumbline-error.ts';
import type { FileReading, FileReadingOptions } from '../../../src/shared/market-data/file-reading.ts';
import { parseCsvBars } from '../../../src/shared/market-data/parse-csv-bars.ts';
import { checkBars } from '../../../src/shared/series/check-bars.ts';
import type { DataNote } from '../../../src/shared/series/data-finding.ts';
import { type Bar, columnsFromBars } from '../../../src/shared/series/series.ts';

/** The clock of tests without one of their own: a Sunday. */
const NOW = '2026-11-29T12:00:00Z';
/** The last session before it. */
export const LAST_SESSION = '2026-11-27';

/** Bars that were read and let through the gate. */
interface TakenBars {
  readonly bars: readonly Bar[];
  readonly reading: FileReading;
  readonly notes: readonly DataNote[];
}

/** Why they were not. */
interface RefusedBars {
  readonly code: string;
  readonly message: string;
}

export type BarsOutcome =
  | { readonly taken: TakenBars; readonly refused: null }
  | { readonly taken: null; readonly refused: RefusedBars };

interface TakeOptions extends Partial<FileReadingOptions> {
  readonly calendar?: TradingCalendar;
}

/** Does with a file's text what every door does: reads it, and lets its bars through the gate. */
export function takeBars(text: string, { calendar = NEW_YORK, ...options }: TakeOptions = {}): BarsOutcome {
  try {
    const { bars, reading } = parseCsvBars(text, { timeframe: '1D', now: NOW, calendar, ...options });
    const columns = columnsFromBars(options.symbol ?? 'SIM', options.timeframe ?? '1D', bars);
    const { notes } = checkBars(columns, { calendar });
    return { taken: { bars, reading, notes }, refused: null };
  } catch (error) {
    if (!(error instanceof PlumblineError)) throw error;
    return { taken: null, refused: { code: error.code, message: error.message } };
  }
}
