import { parseArgs } from 'node:util';
import type { BenchOptions } from './harness/bench-options.ts';
import { type BenchReport, exitStatus, missedTargets } from './harness/bench-result.ts';
import { benchTable } from './harness/bench-table.ts';

/** Each is loaded when it runs: they bring compilers along. */
const BENCHES: Readonly<Record<string, (options: BenchOptions) => Promise<BenchReport>>> = {
  statistics: async (options) =>
    await (await import('./statistics/statistics-bench.ts')).statisticsBench(options),
  lstm: async (options) => await (await import('./lstm/lstm-bench.ts')).lstmBench(options),
  budget: async (options) => await (await import('./budget/budget-bench.ts')).budgetBench(options),
  overfitting: async (options) =>
    await (await import('./overfitting/overfitting-bench.ts')).overfittingBench(options),
  rollout: async (options) => await (await import('./rollout/rollout-bench.ts')).rolloutBench(options),
  calendar: async (options) => await (await import('./calendar/calendar-bench.ts')).calendarBench(options),
};
const USAGE = `npm run bench -- [NAME] [--json] [--strict] [--csv FILE] [--rounds N]
  NAME      ${Object.keys(BENCHES).join(', ')}; default all
  --json    one JSON document on standard output
  --strict  exit 1 when a target is missed; budget always does
  --csv     date,open,high,low,close,volume: the last bars are used (1,001, lstm 1,200, budget 1,500)
  --rounds  interleaved rounds, at least 5 (default 7)
calendar has no rounds, and takes
  --csv PATH          a file of daily bars, or a directory with SPY.csv; default: the S&P 500 of the package vega-datasets
rollout has no rounds, and takes
  --csv PATH          a directory with AAPL.csv, MSFT.csv and SPY.csv; default: the S&P 500 of the package vega-datasets
overfitting has no rounds, and takes
  --csv PATH          a directory of SYMBOL.csv files or one such file; default: the S&P 500 of the package vega-datasets
  --symbols A,B|all   of the directory; default: those of the zoo's 13 that are there, else all
  --from DATE         only bars from this date on (default 1990-01-01)
  --threads N         worker threads (default: every core)
  --without-ensemble  leave out the shipped ensemble, the slowest model
  --cache DIR         keep the ensemble's scores there for the next run`;

async function main(): Promise<number> {
  const { values, positionals } = parseArgs({
    // npm swallows the first `--` only; one more must not turn options into names.
    args: process.argv.slice(2).filter((argument) => argument !== '--'),
    allowPositionals: true,
    options: {
      json: { type: 'boolean', default: false },
      strict: { type: 'boolean', default: false },
      csv: { type: 'string' },
      rounds: { type: 'string', default: '7' },
      symbols: { type: 'string' },
      from: { type: 'string' },
      threads: { type: 'string' },
      cache: { type: 'string' },
      'without-ensemble': { type: 'boolean', default: false },
      help: { type: 'boolean', default: false },
    },
  });
  if (values.help) {
    console.log(USAGE);
    return 0;
  }
  const rounds = Number(values.rounds);
  if (!Number.isInteger(rounds) || rounds < 5) {
    throw new RangeError(`--rounds is a whole number of at least 5, not ${values.rounds}.`);
  }
  const names = positionals.length === 0 ? Object.keys(BENCHES) : positionals;
  for (const name of names) {
    if (!Object.hasOwn(BENCHES, name)) {
      throw new RangeError(`There is no bench ${name}: ${Object.keys(BENCHES).join(', ')}.`);
    }
  }
  const reports: BenchReport[] = [];
  const { csv, symbols, from, threads, cache, 'without-ensemble': withoutEnsemble } = values;
  const zoo = { symbols, from, threads, cache, withoutEnsemble };
  for (const name of names) reports.push(await BENCHES[name]({ csv, rounds, zoo }));

  if (values.json) console.log(JSON.stringify(reports.length === 1 ? reports[0] : reports, null, 2));
  else console.log(reports.map(benchTable).join('\n\n'));
  const missed = missedTargets(reports);
  for (const result of missed)
    console.error(`target missed: ${result.case}${result.peer ? `, ${result.peer}` : ''}`);
  return exitStatus(reports, values.strict);
}

try {
  process.exitCode = await main();
} catch (error) {
  console.error(`${(error as Error).message}\n\n${USAGE}`);
  process.exitCode = 2;
}
