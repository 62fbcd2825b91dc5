import { type BarFile, findBarFiles, readBarFile, sampleBarFile } from '../../src/cli/bar-files.ts';
import { progressReporter } from '../../src/cli/evaluate/progress.ts';
import { NEW_YORK } from '../../src/shared/calendars/built-in-calendars.ts';
import type { WindowSizes } from '../../src/shared/ensemble/ensemble-configuration.ts';
import { DEFAULT_WINDOW_SIZES, rollingWindows } from '../../src/shared/evaluation/rolling-windows.ts';
import { parseCsvBars } from '../../src/shared/market-data/parse-csv-bars.ts';
import { checkBars } from '../../src/shared/series/check-bars.ts';
import { columnsFromBars, type Series } from '../../src/shared/series/series.ts';
import type { BenchOptions } from '../harness/bench-options.ts';
import type { BenchReport, PeerStatus } from '../harness/bench-result.ts';
import { describeMachine } from '../harness/machine.ts';
import { runZoo } from './run-zoo.ts';
import { joinJudgements, powerCurve, zooTable } from './zoo-table.ts';
import { zooTargets } from './zoo-targets.ts';

/** The symbols of the canary and of what follows it. */
export const ZOO_SYMBOLS = [
  ...['AAPL', 'MSFT', 'SPY', 'NVDA', 'GOOGL', 'AMZN', 'TSLA', 'META', 'NFLX', 'CRM', 'IWM', 'TLT', 'XLV'],
];

/** What a run of the zoo is made of. */
export interface ZooRun {
  readonly series: readonly Series[];
  readonly sizes: WindowSizes;
  readonly ensemble: boolean;
  readonly cache: string | undefined;
  readonly threads: number;
}

/**
 * How well the overfitting tests tell models that overfit from models that do not, beside the raw measure.
 *
 * @throws InvalidInputError for files that are not there or cannot be read; RangeError for options that make no sense, or when no
 *   series is long enough for a window
 */
export async function overfittingBench({
  csv,
  symbols,
  from,
  threads,
  cache,
  withoutEnsemble,
}: Pick<
  BenchOptions,
  'csv' | 'symbols' | 'from' | 'threads' | 'cache' | 'withoutEnsemble'
>): Promise<BenchReport> {
  const now = new Date().toISOString();
  const sizes = DEFAULT_WINDOW_SIZES['1D'];
  const files = csv === undefined ? [sampleBarFile()] : filesOf(csv, symbols);
  const all = files.map((file) => {
    const { bars } = parseCsvBars(readBarFile(file), { timeframe: '1D', now, from });
    return checkBars(columnsFromBars(file.symbol, '1D', bars), { calendar: NEW_YORK }).series;
  });
  const needed = sizes.train + sizes.validation + sizes.test;
  const series = all.filter(({ times }) => times.length >= needed);
  const skipped: PeerStatus[] = all
    .filter(({ times }) => times.length < needed)
    .map(({ symbol, times }) => ({
      peer: symbol,
      version: null,
      skipped: `${times.length} bars from ${from}, a window needs ${needed}`,
    }));
  if (series.length === 0) throw new RangeError(`No series has the ${needed} bars of a window`);
  return await zooReport({ series, sizes, ensemble: !withoutEnsemble, cache, threads }, skipped);
}

/** Runs the zoo and sums it up. */
export async function zooReport(run: ZooRun, skipped: readonly PeerStatus[] = []): Promise<BenchReport> {
  const { series, sizes, ensemble, cache, threads } = run;
  const windows = series.reduce((sum, { times }) => sum + rollingWindows(times.length, sizes).length, 0);
  const report = progressReporter(
    `overfitting: ${windows} windows of ${series.length} symbols on ${threads} threads`,
    windows,
  );
  let done = 0;
  const machine = describeMachine();
  const tasks = series.map((one) => ({ series: one, sizes, ensemble, cache }));
  const zoo = joinJudgements(await runZoo(tasks, threads, () => report(++done)));
  return {
    bench: 'overfitting',
    machine: { ...machine, symbols: series.map(({ symbol }) => symbol).join(' '), windows },
    peers: skipped,
    results: zooTargets(zoo),
    tables: [zooTable(zoo), powerCurve(zoo)],
  };
}

function filesOf(csv: string, symbols: BenchOptions['symbols']): readonly BarFile[] {
  if (symbols !== undefined && symbols !== 'all') return findBarFiles(csv, symbols);
  const files = findBarFiles(csv);
  const ours = files.filter(({ symbol }) => ZOO_SYMBOLS.includes(symbol));
  return symbols === undefined && ours.length > 0 ? ours : files;
}
