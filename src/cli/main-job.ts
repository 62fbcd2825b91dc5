import { setTimeout as sleep } from 'node:timers/promises';
import { isHalfDay } from '../shared/calendars/sessions.ts';
import { PlumblineError } from '../shared/errors/plumbline-error.ts';
import { type Horizon, timeframeOf } from '../shared/series/horizon.ts';
import type { SymbolEvent } from '../shared/series/scheduled-event.ts';
import { type PlumblineClient, plumblineClient } from '../shared/store/client.ts';
import type { Tables } from '../shared/store/database.types.ts';
import { readBarRules } from '../shared/store/read-bar-rules.ts';
import type { StoredForecast } from '../shared/store/stored-forecast.ts';
import { unwrap } from '../shared/store/unwrap.ts';
import { counted } from '../shared/wording/counted.ts';
import type { BarFile } from './bar-files.ts';
import type { StackAccess } from './call-function.ts';
import { storeEventsOf } from './event-file.ts';
import { planWork } from './plan-work.ts';
import { type RefusedSymbol, RefusedSymbols, SymbolError } from './refused-symbols.ts';
import type { StoredSeries, UploadOptions, UploadResult } from './upload-bars.ts';
import { uploadFiles } from './upload-files.ts';

/** What the main job made, named like the tables and their columns. */
export interface MainJobReport {
  readonly forecasts: readonly StoredForecast[];
  readonly windows: readonly Tables<'ensemble_validation_metrics'>[];
  readonly overfitting_tests: readonly Tables<'overfitting_tests'>[];
  /** Symbols that have no result, and why. */
  readonly refused: readonly (RefusedSymbol & { readonly horizon: Horizon })[];
}

interface MainJobOptions {
  /** Of the bars that the horizon is forecast from. */
  readonly files: readonly BarFile[];
  readonly horizon: Horizon;
  /** Windows to validate now; undefined: what the schedule would do. */
  readonly windows: number | 'all' | undefined;
  /** How the files are stored. Default: all of them. */
  readonly upload?: UploadOptions;
  /** Those of symbols whose files are stored are stored with them. Default: none. */
  readonly events?: readonly SymbolEvent[];
  /** Gets lines for people. */
  readonly say: (line: string) => void;
  /** Milliseconds without any progress after which the job is given up. Default 180,000. */
  readonly patience?: number;
}

/** The main job cannot be finished. */
class MainJobError extends PlumblineError {}

/** Large enough for every window; the planner takes as many as there are bars for. */
const ALL_WINDOWS = 1_000_000;
const POLL_INTERVAL = 400;

/**
 * Takes the bars in, plans what is due by the function that cron calls, waits for the workers, and reads what they stored: of each horizon
 * one after the other. A symbol that is refused, or whose runs fail, does not hide the others.
 *
 * @throws where no symbol has a result over any of them: StoreError what ingest-bars refuses, SymbolError why a run failed; MainJobError
 *   `stalled`, `publishing_disabled`
 */
export async function runMainJob(
  stack: StackAccess,
  filesByHorizon: readonly Pick<MainJobOptions, 'horizon' | 'files'>[],
  options: Omit<MainJobOptions, 'horizon' | 'files'>,
): Promise<MainJobReport> {
  const horizons: Awaited<ReturnType<typeof runHorizon>>[] = [];
  for (const each of filesByHorizon) horizons.push(await runHorizon(stack, { ...options, ...each }));
  const reports = horizons.map(({ report }) => report);
  const windows = reports.flatMap((report) => report.windows);
  for (const { refused } of horizons) refused.settle(windows.length, options.say);
  return {
    forecasts: reports.flatMap(({ forecasts }) => forecasts),
    windows,
    overfitting_tests: reports.flatMap(({ overfitting_tests }) => overfitting_tests),
    refused: reports.flatMap(({ refused }) => refused),
  };
}

async function runHorizon(
  stack: StackAccess,
  options: MainJobOptions,
): Promise<{ readonly report: MainJobReport; readonly refused: RefusedSymbols }> {
  const store = plumblineClient(stack.url, stack.secretKeys.default);
  const { files, say, windows, upload, events = [], horizon } = options;
  const refused = new RefusedSymbols();
  const uploads = await uploadFiles(stack, files, upload, refused, say);
  if (uploads.length === 0) return { report: nothing(refused, horizon), refused };
  const symbols = uploads.map(({ symbol }) => symbol);
  await storeEventsOf(symbols, events, store, say);
  const planned = await planWork(store, windows === undefined ? undefined : countOf(windows));
  if (planned.reason !== undefined) throw new MainJobError('publishing_disabled', planned.reason);
  say(`Planned: ${counted(planned.forecasts, 'forecast')}, ${counted(planned.windows, 'window')}`);

  const failed = await waitForRuns(store, symbols, options);
  for (const [symbol, error] of failed) refused.add(symbol, error);
  const whole = uploads.filter(({ symbol }) => !failed.has(symbol));
  const results = await readResults(store, whole, options, refused);
  return { report: { ...nothing(refused, horizon), ...results }, refused };
}

/** The report without any result. */
function nothing(refused: RefusedSymbols, horizon: Horizon): MainJobReport {
  const list = refused.list.map((one) => ({ horizon, ...one }));
  return { forecasts: [], windows: [], overfitting_tests: [], refused: list };
}

function countOf(windows: number | 'all'): number {
  return windows === 'all' ? ALL_WINDOWS : windows;
}

/** Waits until every open run of these symbols has ended. @returns why runs over the horizon failed, by symbol @throws MainJobError `stalled` */
async function waitForRuns(
  store: PlumblineClient,
  symbols: readonly string[],
  { say, horizon, patience = 180_000 }: MainJobOptions,
): Promise<ReadonlyMap<string, SymbolError>> {
  const open = unwrap(
    await store.from('runs').select('id, params').in('status', ['queued', 'running']).limit(1000),
  ).filter((run) =>
    // An ingestion is of every symbol and names none.
    (run.params as { symbols?: string[] }).symbols?.some((symbol) => symbols.includes(symbol)),
  );

  let lastSaid = '';
  let lastSteps = -1;
  let lastChange = performance.now();
  for (;;) {
    const runs = await readInPieces(
      open.map((run) => run.id),
      async (some) =>
        unwrap(
          await store
            .from('runs')
            .select('id, status, params, error_code, error_message, jobs(id, kind, status, progress, steps)')
            .in('id', [...some]),
        ),
      (run) => run.id,
    );
    if (runs.every(({ status }) => status === 'succeeded' || status === 'failed')) {
      const failed = runs.filter(({ status }) => status === 'failed');
      return new Map(
        failed.flatMap((run) => {
          const params = run.params as { symbols: string[]; horizon?: Horizon };
          if (params.horizon !== horizon) return [];
          const error = new SymbolError(run.error_code!, run.error_message!);
          return params.symbols.filter((one) => symbols.includes(one)).map((one) => [one, error] as const);
        }),
      );
    }

    const jobs = runs.flatMap((run) => run.jobs);
    const steps = jobs.reduce((sum, job) => sum + job.steps + (job.status === 'succeeded' ? 1 : 0), 0);
    if (steps !== lastSteps) {
      lastSteps = steps;
      lastChange = performance.now();
    } else if (performance.now() - lastChange > patience) {
      throw new MainJobError(
        'stalled',
        `No job made progress for ${Math.round(patience / 1000)} s; see the log above`,
      );
    }
    const line = progressLine(jobs);
    if (line !== lastSaid) say(line);
    lastSaid = line;
    await sleep(POLL_INTERVAL);
  }
}

/** How far the open jobs are, in steps of ten per cent, so that a log stays short. */
function progressLine(jobs: readonly { kind: string; progress: number }[]): string {
  const parts = [
    ['forecast', 'forecasts'],
    ['validate_window', 'windows'],
    ['check_divergence', 'divergence checks'],
  ].flatMap(([kind, name]) => {
    const some = jobs.filter((job) => job.kind === kind);
    if (some.length === 0) return [];
    const share = some.reduce((sum, job) => sum + job.progress, 0) / some.length;
    const done = some.filter((job) => job.progress === 1).length;
    return [`${name} ${done}/${some.length} (${Math.floor(share * 10) * 10} %)`];
  });
  return `Working: ${parts.join(', ')}`;
}

async function readResults(
  store: PlumblineClient,
  uploads: readonly UploadResult[],
  options: MainJobOptions,
  refused: RefusedSymbols,
): Promise<Omit<MainJobReport, 'refused'>> {
  const forecasts: StoredForecast[] = [];
  const windows: Tables<'ensemble_validation_metrics'>[] = [];
  for (const upload of uploads) {
    try {
      const { forecast, rows } = await readSymbol(store, upload, options);
      if (forecast !== undefined) forecasts.push(forecast);
      windows.push(...rows);
    } catch (error) {
      refused.add(upload.symbol, error);
    }
  }
  const tests = await readInPieces(
    windows.map((row) => row.id),
    async (some) =>
      unwrap(
        await store
          .from('overfitting_tests')
          .select('*')
          .in('metrics_id', [...some]),
      ),
    (row) => row.metrics_id,
  );
  return { forecasts, windows, overfitting_tests: tests };
}

/** What is stored of one symbol. @throws SymbolError why there is no forecast, or no window */
async function readSymbol(
  store: PlumblineClient,
  upload: UploadResult,
  { horizon, say, windows }: MainJobOptions,
): Promise<{
  readonly forecast: StoredForecast | undefined;
  readonly rows: readonly Tables<'ensemble_validation_metrics'>[];
}> {
  const { symbol } = upload;
  const series = seriesOf(upload, horizon);
  if (series === undefined) {
    throw new SymbolError('too_few_bars', `${symbol} has half sessions but not one bar of eight hours`);
  }
  const serving = unwrap(
    await store
      .from('vw_serving_ensembles')
      .select('ensemble')
      .eq('symbol', symbol)
      .eq('horizon', horizon)
      .single(),
  );
  // From the latest bar, and made since the bars were last changed: anything older speaks of another series.
  const [forecast] = unwrap(
    await store
      .from('vw_forecasts')
      .select('*')
      .eq('symbol', symbol)
      .eq('horizon', horizon)
      .eq('ensemble', serving.ensemble!)
      .eq('data_cutoff', series.last)
      .gte('issued_at', series.stored_at)
      .order('issued_at', { ascending: false })
      .limit(1)
      .overrideTypes<StoredForecast[], { merge: false }>(),
  );
  const date = series.last.slice(0, 10);
  if (forecast === undefined) {
    if (horizon !== '8h' || !isHalfDay(date, (await readBarRules(store, symbol)).calendar))
      throw await reasonOf(store, symbol, horizon, series, 'forecast');
    say(`${symbol}: no forecast over 8h from the close of ${date}, a half day: it is the one over 1D`);
  }

  const ids = unwrap(
    await store.rpc('current_windows', {
      p_symbol: symbol,
      p_horizon: horizon,
      ...(windows === undefined ? {} : { p_windows: countOf(windows) }),
    }),
  );
  if (ids.length === 0) throw await reasonOf(store, symbol, horizon, series, 'validation');
  const rows = await readInPieces(
    ids,
    async (some) =>
      unwrap(
        await store
          .from('ensemble_validation_metrics')
          .select('*')
          .in('id', [...some]),
      ),
    (row) => row.id,
  );
  return { forecast, rows };
}

/** Rows by id, in the ids' order. In pieces: the ids stand in the query, whose length is limited. */
async function readInPieces<Id, Row>(
  ids: readonly Id[],
  read: (some: readonly Id[]) => Promise<Row[]>,
  idOf: (row: Row) => Id,
): Promise<Row[]> {
  const rows: Row[] = [];
  for (let i = 0; i < ids.length; i += 100) rows.push(...(await read(ids.slice(i, i + 100))));
  const place = new Map(ids.map((id, i) => [id, i]));
  return rows.sort((a, b) => place.get(idOf(a))! - place.get(idOf(b))!);
}

/** The series that a horizon is forecast from, after an upload; undefined when there is none yet. */
function seriesOf(upload: UploadResult, horizon: Horizon): StoredSeries | undefined {
  return upload.timeframe === timeframeOf(horizon) ? upload : upload.derived;
}

/** Why there is no result: the latest run that failed on these very bars says. */
async function reasonOf(
  store: PlumblineClient,
  symbol: string,
  horizon: Horizon,
  series: StoredSeries,
  kind: string,
): Promise<SymbolError> {
  const [run] = unwrap(
    await store
      .from('runs')
      .select('error_code, error_message')
      .eq('kind', kind)
      .eq('status', 'failed')
      .contains('params', { symbols: [symbol], horizon })
      .gte('created_at', series.stored_at)
      .order('created_at', { ascending: false })
      .limit(1),
  );
  return new SymbolError(
    run?.error_code ?? 'no_result',
    run?.error_message ?? `${symbol} has no ${kind} over ${horizon} for the bars that are stored`,
  );
}
