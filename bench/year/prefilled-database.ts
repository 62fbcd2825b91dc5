// A database as it is after a time, to look at by hand: starts it, fills it, prints its address, and ends it at Ctrl-C.
//
// Usage: npx tsx bench/year/prefilled-database.ts [--symbols 14 --sessions 252 --horizons 1D,4h,8h --windows 4]

import { HORIZONS } from '../../src/cli/bar-options.ts';
import { exitWithError } from '../../src/cli/exit-with-error.ts';
import { watchForInterruption } from '../../src/cli/interruption.ts';
import { helpText } from '../../src/cli/options/help-text.ts';
import type { Program } from '../../src/cli/options/option.ts';
import { parseOptions } from '../../src/cli/options/parse-options.ts';
import { wholeNumber } from '../../src/cli/options/value-schemas.ts';
import { prefill } from './prefill/prefill.ts';
import { startYearDatabase } from './year-database.ts';

const PROGRAM = {
  usage: 'npx tsx bench/year/prefilled-database.ts [OPTIONS]',
  options: {
    symbols: { value: 'N', help: 'active symbols', schema: wholeNumber(1), default: '14' },
    sessions: { value: 'N', help: 'sessions that were forecast', schema: wholeNumber(1), default: '252' },
    horizons: { ...HORIZONS, help: 'horizons of every symbol', default: '1D,4h,8h' },
    windows: { value: 'N', help: 'windows of each weekly validation', schema: wholeNumber(1), default: '4' },
  },
} satisfies Program;

try {
  const options = parseOptions(PROGRAM, process.argv.slice(2));
  if (options === null) console.log(helpText(PROGRAM));
  else {
    const { asked } = watchForInterruption();
    const database = await startYearDatabase();
    try {
      await prefill(database.url, { ...options, say: console.error });
      console.log(database.url);
      await asked;
    } finally {
      await database.stop();
    }
  }
} catch (error) {
  exitWithError(error);
}
