import { randomUUID } from 'node:crypto';
import type postgres from 'postgres';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { OverfittingAssessment } from '../../src/shared/divergence/assess-overfitting.ts';
import { overfittingVerdict } from '../../src/shared/divergence/overfitting-verdict.ts';
import { defaultConfiguration } from '../../src/shared/ensemble/presets.ts';
import type { WindowResult } from '../../src/shared/evaluation/window-result.ts';
import { validationRows } from '../../src/shared/jobs/validation-rows.ts';
import type { Json } from '../../src/shared/json.ts';
import { SupabaseJobQueue } from '../../src/shared/store/supabase-job-queue.ts';
import { unwrap } from '../../src/shared/store/unwrap.ts';
import {
  anonymousClient,
  callAs,
  eventually,
  ownerSql,
  serviceClient,
  signedInClient,
} from '../end-to-end/support/stack-clients.ts';
import { stack } from '../support/own-stack.ts';

const SYMBOLS = ['DIVERGE', 'STEADY'] as const;
type Ticker = (typeof SYMBOLS)[number];
const HASH = '00000000feedface';
const OTHER_HASH = '00000000cafebabe';
const SIZES = { train: 1000, validation: 250, test: 250, step: 250 };
const HOUR = 3_600_000;

const service = serviceClient();
const queue = new SupabaseJobQueue(service);
let sql: postgres.Sql;

beforeAll(async () => {
  sql = ownerSql();
  // No worker may come by: these tests claim the jobs and call the check themselves.
  unwrap(await service.rpc('change_setting', { p_name: 'max_workers', p_value: 0 }));
  await eventually(async () => {
    const open = await sql`select id from public.jobs where status in ('queued', 'running')`;
    return open.length === 0 ? true : undefined;
  });
  for (const symbol of SYMBOLS) {
    await sql`insert into public.symbols (symbol, active) values (${symbol}, false) on conflict do nothing`;
  }
});
beforeEach(clear);
afterAll(async () => {
  await clear();
  await sql`delete from public.symbols where symbol in ${sql(SYMBOLS)}`;
  unwrap(await service.rpc('change_setting', { p_name: 'max_workers', p_value: 2 }));
  await sql.end();
});

async function clear(): Promise<void> {
  await sql`delete from public.runs where config_hash in (${HASH}, ${OTHER_HASH})`;
  await sql`delete from public.divergence_alerts where symbol in ${sql(SYMBOLS)}`;
  await sql`delete from public.ensemble_validation_metrics where symbol in ${sql(SYMBOLS)}`;
}

interface Found {
  readonly symbol?: Ticker;
  readonly horizon?: '1D' | '4h';
  readonly windowId?: number;
  readonly configHash?: string;
  /** Of the RMSE relative to no change. */
  readonly divergence?: number;
  readonly rawDivergence?: number;
  /** A significant selection gap of this size. */
  readonly selectionGap?: number;
  readonly implausible?: boolean;
  /** Default: now. */
  readonly validatedAt?: string;
}

const horizonOf = ({ horizon = '1D' }: Found) => horizon;

/** The rows of a window as a worker makes them, with what was found in it. */
function rowsOf(found: Found): { metrics: Record<string, Json>; tests: Record<string, Json> } {
  const { divergence = 0, selectionGap = 0, rawDivergence = 0.1, implausible = false } = found;
  const part = (rmse: number, bars: number) => ({
    ...{
      bars,
      rmse,
      meanAbsoluteError: 0.7 * rmse,
      crps: 0.5 * rmse,
      directionalAccuracy: 0.52,
      baseRate: 0.54,
    },
    coverage: [0.5, 0.8, 0.9, 0.95].map((level) => ({ level, share: level })),
  });
  const parts = () => ({
    train: part(0.011, 750),
    validation: part(0.0123456789012345, 250),
    test: part(0.013, 250),
  });
  const result = {
    ...{ symbol: found.symbol ?? 'DIVERGE', timeframe: horizonOf(found) },
    ...{ windowId: found.windowId ?? 1499, ensemble: 'candidate', configHash: found.configHash ?? HASH },
    ...{
      firstBarTime: '2014-01-02',
      cutoffTime: '2018-12-19',
      lastBarTime: '2019-12-18',
      dataSpanDays: 2176,
    },
    ...{ sampleSizes: { train: 1000, validation: 250, test: 250 }, modelsUsed: ['LSTM', 'ARIMA_GARCH'] },
    ...{ dropped: [], failedCandidates: [] },
    ...{ hyperparameters: { LSTM: { hiddenUnits: 8 } }, meanFactor: 0.5, refits: 11 },
    ...{ metrics: parts(), benchmarks: { noChange: parts(), fhs: parts() } },
  } as unknown as WindowResult;
  const relative = (worsening: number) => ({
    relative: { train: 1, validation: 1, test: 1 + worsening },
    ...{ trainToValidation: 0, validationToTest: worsening, divergence: worsening },
  });
  const gap = (size: number) => ({
    ...{
      earlierMean: 0,
      laterMean: size,
      gap: size,
      standardError: 0.01,
      pValue: size > 0 ? 0.001 : 0.5,
      floor: 0.02,
    },
  });
  const gaps = {
    selectionGap: { squaredError: gap(selectionGap), crps: gap(0) },
    fitOptimism: { squaredError: gap(0), crps: gap(0) },
  };
  const evidence = {
    divergence: relative(divergence),
    crpsDivergence: relative(0),
    selectionBias: null,
    ...gaps,
  };
  const assessment: OverfittingAssessment = {
    ...evidence,
    foresight: { mean: 0, scale: 0 },
    ...{ backtestOverfittingProbability: null, trials: 4, volatilityShift: 1 + rawDivergence, rawDivergence },
    implausibleSkill: implausible
      ? ['RMSE on test is 0.9000 of no change; a leak until shown otherwise.']
      : [],
    verdict: overfittingVerdict(evidence),
  };
  const validatedAt = found.validatedAt ?? new Date().toISOString();
  const rows = validationRows(result, assessment, {
    horizon: horizonOf(found),
    codeVersion: '0.0.0-test',
    validatedAt,
  });
  return { metrics: { ...rows.metrics }, tests: { ...rows.tests } };
}

/** A run with one window, claimed. */
async function claimWindow(found: Found) {
  const hash = found.configHash ?? HASH;
  await sql`select internal.store_configuration(${hash}, ${sql.json(defaultConfiguration as never)})`;
  const [{ id: runId }] = await sql`
    insert into public.runs (kind, ensemble, idempotency_key, requested_via, config_hash, jobs_total)
    values ('validation', 'candidate', ${randomUUID()}, 'schedule', ${hash}, 1)
    returning id`;
  const payload = {
    ...{ symbol: found.symbol ?? 'DIVERGE', horizon: horizonOf(found), ensemble: 'candidate', sizes: SIZES },
    window_id: found.windowId ?? 1499,
  };
  await sql`
    insert into public.jobs (run_id, kind, idempotency_key, payload)
    values (${runId}, 'validate_window', ${randomUUID()}, ${sql.json(payload)})`;
  const job = await queue.claim(['validate_window']);
  expect(job?.run_id).toBe(runId);
  return job!;
}

/** Stores a window as a worker does; the check that this plans is left to be done. */
async function store(
  found: Found,
  change: { metrics?: Record<string, Json>; tests?: Record<string, Json> } = {},
) {
  const job = await claimWindow(found);
  const { metrics, tests } = rowsOf(found);
  await queue.complete(job, {
    metrics: { ...metrics, ...change.metrics },
    tests: { ...tests, ...change.tests },
  });
  return job;
}

/** Stores a window and lets the Edge Function check it. */
async function storeAndCheck(found: Found): Promise<void> {
  await store(found);
  expect(await callAs({ apikey: stack.cronKey }, 'check-divergence')).toMatchObject({
    status: 200,
    body: { outcome: 'succeeded' },
  });
}

const metricsOf = async (symbol: Ticker = 'DIVERGE') =>
  unwrap(await service.from('ensemble_validation_metrics').select('*').eq('symbol', symbol).order('id'));
const testsOf = async (id: number) =>
  unwrap(await service.from('overfitting_tests').select('*').eq('metrics_id', id).single());
/** In the order in which they were opened; of those opened at once the lowest level first. */
const alertsOf = async (symbol: Ticker = 'DIVERGE') =>
  unwrap(
    await service
      .from('divergence_alerts')
      .select('*')
      .eq('symbol', symbol)
      .order('opened_at')
      .order('threshold'),
  );
const openLevels = async (symbol?: Ticker) =>
  (await alertsOf(symbol)).filter(({ resolved_at }) => resolved_at === null).map(({ level }) => level);
const ago = (hours: number) => new Date(Date.now() - hours * HOUR).toISOString();

describe('ensemble_validation_metrics', () => {
  it('has its 24 columns, in their order, with their types', async () => {
    const columns = await sql`
      select column_name as name, data_type as type, is_nullable = 'YES' as nullable
      from information_schema.columns
      where table_schema = 'public' and table_name = 'ensemble_validation_metrics' order by ordinal_position`;
    const time = 'timestamp with time zone';
    const float = 'double precision';
    expect(columns.map(({ name, type }) => [name, type])).toEqual([
      ...[
        ['id', 'bigint'],
        ['symbol_id', 'bigint'],
        ['symbol', 'text'],
        ['horizon', 'text'],
      ],
      ...[
        ['validation_date', time],
        ['window_id', 'integer'],
        ['train_rmse', float],
        ['val_rmse', float],
      ],
      ...[
        ['test_rmse', float],
        ['divergence', float],
        ['divergence_threshold', float],
      ],
      ...[
        ['is_overfitting', 'boolean'],
        ['model_count', 'smallint'],
        ['models_used', 'ARRAY'],
      ],
      ...[
        ['n_train_samples', 'integer'],
        ['n_val_samples', 'integer'],
        ['n_test_samples', 'integer'],
      ],
      ...[
        ['data_span_days', 'integer'],
        ['hyperparameters', 'jsonb'],
        ['directional_accuracy', float],
      ],
      ...[
        ['mean_absolute_error', float],
        ['trained_at', time],
        ['created_at', time],
        ['updated_at', time],
      ],
    ]);
    expect(columns.filter(({ nullable }) => nullable).map(({ name }) => name)).toEqual([
      'directional_accuracy',
    ]);
  });

  it('has the five indexes of its queries beside its key and the one that makes a window unique', async () => {
    const indexes = await sql`
      select indexname as name, indexdef like 'CREATE UNIQUE%' as is_unique from pg_indexes
      where schemaname = 'public' and tablename = 'ensemble_validation_metrics' order by indexname`;
    const named = (of: readonly Record<string, unknown>[]) =>
      of.map(({ name }) => (name as string).replace('ensemble_validation_metrics_', ''));
    expect(named(indexes.filter(({ is_unique }) => !is_unique))).toEqual([
      ...['alarms', 'date', 'latest', 'overfitting', 'symbol_horizon'],
    ]);
    expect(named(indexes.filter(({ is_unique }) => is_unique))).toEqual(['one_a_window', 'pkey']);
  });

  it('takes a window from a worker and gives it back to the bit', async () => {
    const found: Found = { divergence: 0.1 + 0.02, validatedAt: '2026-03-04T05:06:07.891Z' };
    await store(found);
    const [row, ...others] = await metricsOf();
    expect(others).toEqual([]);
    const { validation_date, trained_at, ...expected } = rowsOf(found).metrics;
    expect(row).toMatchObject(expected);
    for (const time of [row.validation_date, row.trained_at])
      expect(Date.parse(time)).toBe(Date.parse(validation_date as string));
    expect(trained_at).toBe(validation_date);
    expect(row.divergence_threshold).toBe(0.2);
  });

  it('has a companion with what the tests found, and the run that found it', async () => {
    const job = await store({ selectionGap: 0.07 });
    const [{ id }] = await metricsOf();
    const tests = await testsOf(id);
    expect(tests).toMatchObject({
      run_id: job.run_id,
      selection_gap: 0.07,
      verdict: 'overfitting',
      raw_divergence: 0.1,
    });
    expect(tests.reasons).toEqual([expect.stringContaining('Selection gap of squared error')]);
  });

  it('updates the row of a window that is validated again, and replaces its companion', async () => {
    await store({ divergence: 0.4 });
    const [before] = await metricsOf();
    await store({ divergence: 0.01 });
    const [after, ...others] = await metricsOf();
    expect(others).toEqual([]);
    expect([after.id, after.created_at]).toEqual([before.id, before.created_at]);
    expect([after.divergence, after.is_overfitting]).toEqual([0.01, false]);
    expect(Date.parse(after.updated_at)).toBeGreaterThan(Date.parse(before.updated_at));
    expect(await testsOf(after.id)).toMatchObject({ level: 'normal', verdict: 'ok', reasons: [] });
  });

  it('keeps windows, configurations and horizons apart', async () => {
    await store({ windowId: 1499 });
    await store({ windowId: 1749 });
    await store({ windowId: 1499, configHash: OTHER_HASH });
    await store({ windowId: 1499, horizon: '4h' });
    await store({ windowId: 1499, symbol: 'STEADY' });
    expect(await metricsOf()).toHaveLength(4);
    expect(await metricsOf('STEADY')).toHaveLength(1);
  });

  it('takes a second row of one window from nobody, not even its owner', async () => {
    await store({});
    const copy = sql`
      insert into public.ensemble_validation_metrics
        (symbol_id, symbol, horizon, validation_date, window_id, train_rmse, val_rmse, test_rmse, divergence, is_overfitting,
         model_count, models_used, n_train_samples, n_val_samples, n_test_samples, data_span_days, hyperparameters,
         mean_absolute_error, trained_at)
      select symbol_id, symbol, horizon, validation_date, window_id, train_rmse, val_rmse, test_rmse, divergence, is_overfitting,
         model_count, models_used, n_train_samples, n_val_samples, n_test_samples, data_span_days, hyperparameters,
         mean_absolute_error, trained_at
      from public.ensemble_validation_metrics where symbol = 'DIVERGE'`;
    await expect(copy).rejects.toMatchObject({ constraint_name: 'ensemble_validation_metrics_one_a_window' });
  });

  it('stores an instant, whatever the offset it was given with', async () => {
    await store({ validatedAt: '2026-07-01T21:30:00-04:00' });
    const [row] = await metricsOf();
    expect(new Date(row.validation_date).toISOString()).toBe('2026-07-02T01:30:00.000Z');
  });
});

describe('a window that cannot be is refused whole', () => {
  it.each<[string, string, { metrics?: Record<string, Json>; tests?: Record<string, Json> }]>([
    ['divergence above the threshold and no verdict', 'above_threshold', { metrics: { divergence: 0.21 } }],
    ['a negative divergence', 'is_a_worsening', { metrics: { divergence: -0.01 } }],
    ['a negative error', 'errors_are_finite', { metrics: { val_rmse: -1 } }],
    ['an infinite error', 'errors_are_finite', { metrics: { train_rmse: 'infinity' } }],
    ['an error that is no number', 'errors_are_finite', { metrics: { test_rmse: 'NaN' } }],
    ['an accuracy above 1', 'accuracy_is_a_share', { metrics: { directional_accuracy: 1.01 } }],
    ['a horizon that nobody knows', 'horizon_known', { metrics: { horizon: '2h' } }],
    ['a member that nobody knows', 'models_are_counted', { metrics: { models_used: ['LSTM', 'PROPHET'] } }],
    ['no test bars', 'samples_are_positive', { metrics: { n_test_samples: 0 } }],
    ['a window before its own bars', 'window_fits_the_series', { metrics: { window_id: 1498 } }],
    ['a threshold of 0', 'threshold_is_positive', { metrics: { divergence_threshold: 0 } }],
    [
      'a configuration without its hash',
      'configuration_is_named',
      { metrics: { hyperparameters: { ensemble: 'candidate' } } },
    ],
    ['a p value above 1', 'p_values_are_probabilities', { tests: { selection_gap_p: 1.5 } }],
    ['a verdict without reasons', 'verdict_has_reasons', { tests: { verdict: 'overfitting' } }],
    [
      'a probability from too few trials',
      'probability_needs_trials',
      { tests: { backtest_overfitting_probability: 0.4 } },
    ],
    [
      'implausible skill that the verdict hides',
      'implausible_is_said',
      { tests: { implausible_skill: true } },
    ],
    ['a level that nobody knows', 'level_known', { tests: { level: 'severe' } }],
    ['a cutoff after the last bar', 'times_are_ordered', { tests: { data_cutoff: '2020-01-01' } }],
  ])('%s', async (_, constraint, change) => {
    const failure = await store({}, change).catch((error) => error);
    expect(failure.message).toContain(constraint);
    expect(await metricsOf()).toEqual([]);
    const jobs =
      await sql`select j.status from public.jobs j join public.runs r on r.id = j.run_id where r.config_hash = ${HASH}`;
    expect(jobs.map(({ status }) => status)).toEqual(['running']);
  });
});

describe('vw_overfitting_symbols', () => {
  const view = async () =>
    unwrap(
      await service
        .from('vw_overfitting_symbols')
        .select('*')
        .in('symbol', [...SYMBOLS]),
    );

  it('counts the overfitting windows of the last 7 days, with the latest, mean and largest divergence', async () => {
    const latest = ago(3);
    await store({ windowId: 1499, divergence: 0.25, validatedAt: ago(6.9 * 24) });
    await store({ windowId: 1749, divergence: 0.35, validatedAt: latest });
    await store({ windowId: 1999, divergence: 0.9, validatedAt: ago(7.1 * 24) });
    await store({ windowId: 2249, divergence: 0.19, validatedAt: ago(1) });
    const [row, ...others] = await view();
    expect(others).toEqual([]);
    expect(row).toMatchObject({
      symbol: 'DIVERGE',
      horizon: '1D',
      overfitting_count: 2,
      max_divergence: 0.35,
    });
    expect(row.mean_divergence).toBeCloseTo(0.3, 12);
    expect(Date.parse(row.latest_validation_date!)).toBe(Date.parse(latest));
  });

  it('lists a symbol for its verdict too, where its divergence is small', async () => {
    await store({ divergence: 0.02, selectionGap: 0.08 });
    expect(await view()).toMatchObject([{ symbol: 'DIVERGE', overfitting_count: 1, max_divergence: 0.02 }]);
  });

  it('lists no symbol for a raw divergence, however large', async () => {
    await store({ divergence: 0, rawDivergence: 1.14 });
    expect(await view()).toEqual([]);
  });

  it('puts the largest divergence first, each horizon by itself', async () => {
    await store({ divergence: 0.22 });
    await store({ horizon: '4h', divergence: 0.5 });
    await store({ symbol: 'STEADY', divergence: 0.4 });
    expect((await view()).map(({ symbol, horizon }) => [symbol, horizon])).toEqual([
      ['DIVERGE', '4h'],
      ['STEADY', '1D'],
      ['DIVERGE', '1D'],
    ]);
  });
});

describe('vw_divergence_trends', () => {
  const columns =
    'symbol, validation_day, windows, overfitting_windows, mean_divergence, max_divergence, mean_test_rmse, change_of_mean';
  const view = async () =>
    unwrap(
      await service
        .from('vw_divergence_trends')
        .select(columns)
        .eq('symbol', 'DIVERGE')
        .order('validation_day'),
    );

  it('sums up each day of validation and how it changed since the one before', async () => {
    await store({ windowId: 1499, divergence: 0.1, validatedAt: '2026-02-01T10:00:00Z' });
    await store({ windowId: 1749, divergence: 0.3, validatedAt: '2026-02-01T11:00:00Z' });
    await store({ windowId: 1999, divergence: 0.05, validatedAt: '2026-02-09T10:00:00Z' });
    const [first, second, ...others] = await view();
    expect(others).toEqual([]);
    expect(first).toMatchObject({
      validation_day: '2026-02-01',
      windows: 2,
      overfitting_windows: 1,
      max_divergence: 0.3,
    });
    expect(first.mean_divergence).toBeCloseTo(0.2, 12);
    expect(first.mean_test_rmse).toBeCloseTo(0.013, 12);
    expect(first.change_of_mean).toBeNull();
    expect(second).toMatchObject({ validation_day: '2026-02-09', windows: 1, overfitting_windows: 0 });
    expect(second.change_of_mean).toBeCloseTo(-0.15, 12);
  });

  it('counts days in UTC, whatever the time zone of who asks', async () => {
    // One evening in New York: before and after midnight UTC.
    await store({ windowId: 1499, validatedAt: '2026-02-01T18:30:00-05:00' });
    await store({ windowId: 1749, validatedAt: '2026-02-01T19:30:00-05:00' });
    for (const zone of ['UTC', 'America/New_York', 'Asia/Tokyo']) {
      const days = await sql.begin(async (transaction) => {
        await transaction`select set_config('timezone', ${zone}, true)`;
        return transaction`
          select validation_day::text as day, windows from public.vw_divergence_trends where symbol = 'DIVERGE' order by 1`;
      });
      expect(days.map(({ day, windows }) => [day, windows])).toEqual([
        ['2026-02-01', 1],
        ['2026-02-02', 1],
      ]);
    }
  });
});

describe('the check after a validation', () => {
  it('is planned with the last window of the run, not before', async () => {
    const job = await claimWindow({});
    await sql`
      insert into public.jobs (run_id, kind, idempotency_key, payload)
      select run_id, kind, ${randomUUID()}, payload || '{"window_id": 1749}' from public.jobs where id = ${job.id}`;
    await sql`update public.runs set jobs_total = 2 where id = ${job.run_id}`;
    const kinds = async () =>
      (await sql`select kind from public.jobs where run_id = ${job.run_id} order by id`).map(
        ({ kind }) => kind,
      );
    await queue.complete(job, rowsOf({}));
    expect(await kinds()).toEqual(['validate_window', 'validate_window']);
    await queue.complete((await queue.claim(['validate_window']))!, rowsOf({ windowId: 1749 }));
    expect(await kinds()).toEqual(['validate_window', 'validate_window', 'check_divergence']);
  });

  it.each<[number, string[]]>([
    [0.15, []],
    [0.151, ['warning']],
    [0.2, ['warning']],
    [0.201, ['warning', 'overfitting']],
    [0.3, ['warning', 'overfitting']],
    [0.301, ['warning', 'overfitting', 'critical']],
  ])('opens at a divergence of %d the levels %j', async (divergence, levels) => {
    await storeAndCheck({ divergence });
    const alerts = await alertsOf();
    expect(alerts.map(({ level }) => level)).toEqual(levels);
    const thresholds: Record<string, number> = { warning: 0.15, overfitting: 0.2, critical: 0.3 };
    const [{ id }] = await metricsOf();
    for (const alert of alerts) {
      expect(alert).toMatchObject({
        divergence,
        threshold: thresholds[alert.level],
        metrics_id: id,
        resolved_at: null,
      });
      expect(alert.message).toContain(`Window 1499: divergence ${(100 * divergence).toFixed(1)} %`);
    }
  });

  it('opens none on a raw divergence, however large', async () => {
    await storeAndCheck({ divergence: 0.003, rawDivergence: 1.5 });
    expect(await alertsOf()).toEqual([]);
    const [{ id }] = await metricsOf();
    expect(await testsOf(id)).toMatchObject({ raw_divergence: 1.5, level: 'normal', verdict: 'ok' });
  });

  it('opens overfitting on the verdict of the tests alone, and says why', async () => {
    await storeAndCheck({ divergence: 0.01, selectionGap: 0.09 });
    const [alert, ...others] = await alertsOf();
    expect(others).toEqual([]);
    expect(alert).toMatchObject({ level: 'overfitting', divergence: 0.01 });
    expect(alert.message).toMatch(/Selection gap of squared error.*0\.090/);
  });

  it('opens implausible on skill that nobody has, which has no threshold', async () => {
    await storeAndCheck({ implausible: true });
    expect(await alertsOf()).toMatchObject([{ level: 'implausible', threshold: null }]);
  });

  it('escalates by adding levels: what is open stays as it is', async () => {
    await storeAndCheck({ windowId: 1499, divergence: 0.16 });
    const [warning] = await alertsOf();
    await storeAndCheck({ windowId: 1749, divergence: 0.25 });
    expect(await openLevels()).toEqual(['warning', 'overfitting']);
    await storeAndCheck({ windowId: 1999, divergence: 0.45 });
    expect(await openLevels()).toEqual(['warning', 'overfitting', 'critical']);
    expect((await alertsOf())[0]).toEqual(warning);
  });

  it('resolves level by level as divergence falls, and says at which window', async () => {
    await storeAndCheck({ windowId: 1499, divergence: 0.45 });
    await storeAndCheck({ windowId: 1749, divergence: 0.16 });
    expect(await openLevels()).toEqual(['warning']);
    await storeAndCheck({ windowId: 1999, divergence: 0.02 });
    expect(await openLevels()).toEqual([]);
    const alerts = await alertsOf();
    expect(alerts.map(({ resolution }) => resolution!.slice(0, 35))).toEqual([
      'Window 1999: divergence 2.0 %: no l',
      'Window 1749: divergence 16.0 %: no ',
      'Window 1749: divergence 16.0 %: no ',
    ]);
    for (const { opened_at, resolved_at } of alerts)
      expect(Date.parse(resolved_at!)).toBeGreaterThanOrEqual(Date.parse(opened_at));
  });

  it('opens anew what was resolved before, in a row of its own', async () => {
    await storeAndCheck({ windowId: 1499, divergence: 0.18 });
    await storeAndCheck({ windowId: 1749, divergence: 0 });
    await storeAndCheck({ windowId: 1999, divergence: 0.19 });
    const alerts = await alertsOf();
    expect(alerts.map(({ divergence, resolved_at }) => [divergence, resolved_at === null])).toEqual([
      [0.18, false],
      [0.19, true],
    ]);
  });

  it('judges by the latest window, not by the one that was stored last', async () => {
    await storeAndCheck({ windowId: 1999, divergence: 0.35 });
    await storeAndCheck({ windowId: 1499, divergence: 0 });
    expect(await openLevels()).toEqual(['warning', 'overfitting', 'critical']);
  });

  it('changes nothing when the same window is validated and checked again', async () => {
    await storeAndCheck({ divergence: 0.25 });
    const before = await alertsOf();
    await storeAndCheck({ divergence: 0.25 });
    expect(await alertsOf()).toEqual(before);
  });

  it('leaves other symbols and horizons alone', async () => {
    await storeAndCheck({ symbol: 'STEADY', divergence: 0.25 });
    await storeAndCheck({ horizon: '4h', divergence: 0.16 });
    await storeAndCheck({ divergence: 0 });
    expect(await openLevels('STEADY')).toEqual(['warning', 'overfitting']);
    expect((await alertsOf()).map(({ horizon, level }) => [horizon, level])).toEqual([['4h', 'warning']]);
  });

  it('can have one open alert a level, whoever writes', async () => {
    await storeAndCheck({ divergence: 0.16 });
    const again = sql`
      insert into public.divergence_alerts (symbol_id, symbol, horizon, ensemble, level, threshold, divergence, message)
      select symbol_id, symbol, horizon, ensemble, level, threshold, divergence, message
      from public.divergence_alerts where symbol = 'DIVERGE'`;
    await expect(again).rejects.toMatchObject({ constraint_name: 'divergence_alerts_one_open' });
  });
});

describe('who may do what', () => {
  const TABLES = ['ensemble_validation_metrics', 'overfitting_tests', 'divergence_alerts'] as const;
  const VIEWS = ['vw_overfitting_symbols', 'vw_divergence_trends'] as const;

  it('signed-in users read tables and views', async () => {
    await storeAndCheck({ divergence: 0.25 });
    const { client } = await signedInClient();
    for (const relation of ['ensemble_validation_metrics', 'divergence_alerts', ...VIEWS] as const) {
      const rows = unwrap(
        await client
          .from(relation as 'divergence_alerts')
          .select('*')
          .eq('symbol', 'DIVERGE'),
      );
      expect([relation, rows.length > 0]).toEqual([relation, true]);
    }
    expect(unwrap(await client.from('overfitting_tests').select('verdict').eq('config_hash', HASH))).toEqual([
      { verdict: 'overfitting' },
    ]);
  });

  it('nobody without an account reads anything', async () => {
    await storeAndCheck({ divergence: 0.25 });
    for (const relation of [...TABLES, ...VIEWS]) {
      const { data, error } = await anonymousClient()
        .from(relation as 'divergence_alerts')
        .select('*');
      expect([relation, data, error?.code]).toEqual([relation, null, '42501']);
    }
  });

  it('nobody writes to the tables, not even the service role', async () => {
    await storeAndCheck({ divergence: 0.25 });
    const before = [await metricsOf(), await alertsOf()];
    for (const client of [anonymousClient(), (await signedInClient()).client, serviceClient()]) {
      for (const table of TABLES) {
        const of = client.from(table as 'divergence_alerts');
        const key = (table === 'overfitting_tests' ? 'metrics_id' : 'id') as 'id';
        const values = { [table === 'overfitting_tests' ? 'verdict' : 'symbol']: 'ok' };
        const answers = [
          await of.insert(values as never),
          await of.update(values as never).gt(key, 0),
          await of.delete().gt(key, 0),
        ];
        expect([table, ...answers.map(({ error }) => error?.code)]).toEqual([
          table,
          '42501',
          '42501',
          '42501',
        ]);
      }
    }
    expect([await metricsOf(), await alertsOf()]).toEqual(before);
  });

  it('no user ends a job or asks for the check', async () => {
    const job = await claimWindow({});
    for (const client of [anonymousClient(), (await signedInClient()).client]) {
      const { error } = await client.rpc('complete_job', {
        ...{ p_job_id: job.id, p_lease_token: job.lease_token, p_result: rowsOf({}) as never },
      });
      expect(error?.code).toBe('42501');
    }
    const { token } = await signedInClient();
    expect((await callAs({ authorization: `Bearer ${token}` }, 'check-divergence')).status).toBe(401);
    expect(await metricsOf()).toEqual([]);
  });
});

describe('the monitoring queries on 40,000 windows', () => {
  const rolledBack = new Error('rolled back');
  /** The names of the indexes that each query's plan uses; `null` for a scan of the whole table. */
  const used: Record<string, (string | null)[]> = {};
  const QUERIES: Record<string, string> = {
    'windows of a symbol and horizon': `select count(*) from public.ensemble_validation_metrics where symbol = 'MANY7' and horizon = '1D'`,
    'what was validated today': `select * from public.ensemble_validation_metrics where validation_date >= now() - interval '1 day'`,
    'recent overfitting of a horizon': `select * from public.ensemble_validation_metrics where is_overfitting and horizon = '1D' and validation_date >= now() - interval '30 days'`,
    'latest window of a symbol': `select * from public.ensemble_validation_metrics where symbol = 'MANY7' and horizon = '1D' order by validation_date desc limit 1`,
    'newest alarms': `select * from public.ensemble_validation_metrics where is_overfitting order by created_at desc limit 20`,
    'the view of overfitting symbols': 'select * from public.vw_overfitting_symbols',
    'the trend of a symbol': `select * from public.vw_divergence_trends where symbol = 'MANY7' and horizon = '1D'`,
  };

  beforeAll(async () => {
    const plan = sql.begin(async (transaction) => {
      await transaction`insert into public.symbols (symbol, active) select 'MANY' || i, false from generate_series(1, 200) i`;
      await transaction`
        insert into public.ensemble_validation_metrics
          (symbol_id, symbol, horizon, validation_date, window_id, train_rmse, val_rmse, test_rmse, divergence, is_overfitting,
           model_count, models_used, n_train_samples, n_val_samples, n_test_samples, data_span_days, hyperparameters,
           mean_absolute_error, trained_at, created_at)
        select s.id, s.symbol, '1D', now() - make_interval(hours => 10 * w), 1499 + w, 0.01, 0.01, 0.01, 0.01, w % 40 = s.id % 40,
          2, '{LSTM,ARIMA_GARCH}', 1000, 250, 250, 2000, '{"ensemble": "candidate", "config_hash": "00000000feedface"}',
          0.008, now(), now() - make_interval(hours => 10 * w)
        from public.symbols s cross join generate_series(1, 200) w where s.symbol like 'MANY%'`;
      await transaction`analyze public.ensemble_validation_metrics`;
      for (const [name, query] of Object.entries(QUERIES)) {
        const [row] = await transaction.unsafe(`explain (format json) ${query}`);
        used[name] = scans((row['QUERY PLAN'] as { Plan: PlanNode }[])[0].Plan);
      }
      throw rolledBack;
    });
    await plan.catch((error) => {
      if (error !== rolledBack) throw error;
    });
  });

  it.each<[string, string[]]>([
    ['windows of a symbol and horizon', ['symbol_horizon', 'latest', 'one_a_window']],
    ['what was validated today', ['date']],
    ['recent overfitting of a horizon', ['overfitting']],
    ['latest window of a symbol', ['latest']],
    ['newest alarms', ['alarms']],
    ['the view of overfitting symbols', ['overfitting', 'date', 'alarms']],
    ['the trend of a symbol', ['symbol_horizon', 'latest', 'one_a_window']],
  ])('%s: by index', (name, good) => {
    expect(used[name]).toHaveLength(1);
    expect(good.map((index) => `ensemble_validation_metrics_${index}`)).toContain(used[name][0]);
  });
});

interface PlanNode {
  readonly 'Node Type': string;
  readonly 'Index Name'?: string;
  readonly Plans?: readonly PlanNode[];
}

function scans(node: PlanNode): (string | null)[] {
  const own = node['Index Name'] ?? (node['Node Type'].includes('Seq Scan') ? null : undefined);
  return [...(own === undefined ? [] : [own]), ...(node.Plans ?? []).flatMap(scans)];
}
