import { availableParallelism } from 'node:os';
import type { Program, ValuesOf } from '../../src/cli/options/option.ts';
import { civilDate, symbolList, text, wholeNumber, wordOr } from '../../src/cli/options/value-schemas.ts';

/** The options of `npm run bench`. */
export const BENCH_OPTIONS = {
  json: { help: 'print one JSON document on standard output' },
  markdown: { help: 'print tables of Markdown on standard output' },
  strict: { help: 'exit 1 when a target is missed; budget always does' },
  csv: {
    value: 'PATH',
    help:
      'daily bars, date,open,high,low,close,volume. statistics, lstm, budget: a file, whose last bars are used (1,001, lstm 1,200, ' +
      'budget 1,500). calendar: a file, or a directory with SPY.csv. rollout: a directory with AAPL.csv, MSFT.csv and SPY.csv. ' +
      'overfitting: a directory of SYMBOL.csv files or one such file',
    schema: text,
    shownDefault: 'the S&P 500 of the package vega-datasets',
  },
  rounds: {
    value: 'N',
    help: 'interleaved rounds, at least 5, of statistics, lstm, budget and restatement; evidence: calls and processes',
    schema: wholeNumber(5),
    default: '7',
  },
  symbols: {
    value: 'A,B|all|N',
    help: 'overfitting: of the directory. year and restatement: how many',
    schema: wordOr('all', symbolList),
    shownDefault: "those of the zoo's 13 that are there, else all; year: 14; restatement: 500",
  },
  from: {
    value: 'DATE',
    help: 'overfitting: only bars from this date on',
    schema: civilDate,
    default: '1990-01-01',
  },
  threads: {
    value: 'N',
    help: 'overfitting: worker threads',
    schema: wholeNumber(1),
    default: String(availableParallelism()),
    shownDefault: 'every core',
  },
  days: {
    value: 'N',
    help: 'year: days that are simulated, or lie behind a prefilled database',
    schema: wholeNumber(4, 1_000),
    default: '370',
  },
  withoutEnsemble: { help: 'overfitting: leave out the shipped ensemble, the slowest model' },
  cache: {
    value: 'DIR',
    help: "overfitting: keep the ensemble's scores there for the next run",
    schema: text,
  },
} satisfies Program['options'];

/** What a bench may be told. */
export type BenchOptions = ValuesOf<typeof BENCH_OPTIONS>;
