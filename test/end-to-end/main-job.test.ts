import { execFile } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type postgres from 'postgres';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { sampleBarFile } from '../../src/cli/bar-files.ts';
import { PROJECT_DIRECTORY } from '../../src/cli/data-directory.ts';
import { type MainJobReport, runMainJob } from '../../src/cli/main-job.ts';
import { reportTable } from '../../src/cli/report-table.ts';
import { NEW_YORK } from '../../src/shared/calendars/built-in-calendars.ts';
import { evaluationReportSchema } from '../../src/shared/contracts/evaluation-report.ts';
import { assessOverfitting } from '../../src/shared/divergence/assess-overfitting.ts';
import { judgeFit } from '../../src/shared/divergence/judge-fit.ts';
import { defaultConfiguration } from '../../src/shared/ensemble/presets.ts';
import { windowValidation } from '../../src/shared/evaluation/window-validation.ts';
import { parseCsvBars } from '../../src/shared/market-data/parse-csv-bars.ts';
import { unlimitedBudget } from '../../src/shared/models/forecaster.ts';
import { checkBars } from '../../src/shared/series/check-bars.ts';
import { columnsFromBars, type Series } from '../../src/shared/series/series.ts';
import { unwrap } from '../../src/shared/store/unwrap.ts';
import { ownerSql, serviceClient, signedInClient, stackAccess } from './support/stack-clients.ts';

const COLUMNS = [
  ...['id', 'symbol_id', 'symbol', 'horizon', 'validation_date', 'window_id', 'train_rmse', 'val_rmse'],
  ...['test_rmse', 'divergence', 'divergence_threshold', 'is_overfitting', 'model_count', 'models_used'],
  ...['n_train_samples', 'n_val_samples', 'n_test_samples', 'data_span_days', 'hyperparameters'],
  ...['directional_accuracy', 'mean_absolute_error', 'trained_at', 'created_at', 'updated_at'],
];

let sql: postgres.Sql;
let series: Series;
let report: MainJobReport;
const said: string[] = [];
const directory = mkdtempSync(join(tmpdir(), 'plumbline-main-job-'));

beforeAll(async () => {
  sql = ownerSql();
  const text = readFileSync(sampleBarFile().path, 'utf8');
  const now = new Date().toISOString();
  const { bars } = parseCsvBars(text, { timeframe: '1D', now });
  ({ series } = checkBars(columnsFromBars('SPX', '1D', bars), { calendar: NEW_YORK }));
  report = await runMainJob(stackAccess(), [{ files: [sampleBarFile()], horizon: '1D' }], {
    windows: 2,
    say: (line) => said.push(line),
  });
});
afterAll(() => {
  rmSync(directory, { recursive: true, force: true });
  return sql.end();
});

/** Root mean square of the log returns of the bars `from` to `to` - 1: the error of "no change". */
function rootMeanSquareReturn(from: number, to: number): number {
  let sum = 0;
  for (let i = from; i < to; i++) sum += Math.log(series.close[i] / series.close[i - 1]) ** 2;
  return Math.sqrt(sum / (to - from));
}

describe('the forecast', () => {
  it('is for the session after the last bar, from its close', () => {
    expect(report.forecasts).toHaveLength(1);
    expect(report.forecasts[0]).toMatchObject({
      symbol: 'SPX',
      horizon: '1D',
      ensemble: 'candidate',
      data_cutoff: '2020-04-17T00:00:00+00:00',
      target_time: '2020-04-20T20:00:00+00:00',
      last_close: 2874.560059,
    });
  });

  it('has quantiles that increase, and intervals that hold them as prices', () => {
    const { quantile_levels, return_quantiles, lower_90, upper_90, last_close } = report.forecasts[0];
    expect(return_quantiles).toEqual([...return_quantiles].sort((a, b) => a - b));
    expect(quantile_levels[9]).toBe(0.05);
    expect(lower_90).toBeCloseTo(last_close * Math.exp(return_quantiles[9]), 8);
    expect(upper_90).toBeCloseTo(last_close * Math.exp(return_quantiles[189]), 8);
  });

  it('is as wide as the storm it was made in, not as wide as a nightmare', () => {
    const { scale } = report.forecasts[0];
    expect(scale).toBeGreaterThan(0.01);
    expect(scale).toBeLessThan(0.06);
  });

  it('names what it was made with, member by member', () => {
    const members = report.forecasts[0].members as { name: string; weight: number }[];
    expect(members.map(({ name, weight }) => [name, weight])).toEqual([
      ['LSTM', 0.5],
      ['ARIMA_GARCH', 0.5],
    ]);
  });

  it('says what a person reads of it: direction, confidence, agreement, drivers, and that its bars are of 2020', () => {
    const [forecast] = report.forecasts;
    const { probability_up, direction, confidence } = forecast;
    expect(direction).toBe(
      probability_up >= 0.55 ? 'bullish' : probability_up <= 0.45 ? 'bearish' : 'neutral',
    );
    expect(confidence).toBe(Math.max(probability_up, 1 - probability_up));
    expect(forecast.direction_thresholds).toEqual({ bullish: 0.55, bearish: 0.45 });
    const members = forecast.members as { mean_contribution: number; scale_contribution: number }[];
    const sum = (of: (member: (typeof members)[number]) => number) =>
      members.reduce((all, one) => all + of(one), 0);
    expect(sum(({ mean_contribution }) => mean_contribution)).toBe(forecast.forecast_return);
    expect(sum(({ scale_contribution }) => scale_contribution)).toBe(forecast.scale);
    const codesOf = (remarks: unknown) => (remarks as { code: string }[]).map(({ code }) => code);
    expect(codesOf(forecast.drivers)).toEqual(['volatility', 'last_range', 'mean', 'tails', 'member_scales']);
    expect(codesOf(forecast.quality_notes)[0]).toBe('stale_data');
    expect(codesOf(forecast.quality_notes)).toContain('few_outcomes');
  });

  it('is what apps read, until the kill switch is thrown', async () => {
    const { client } = await signedInClient();
    const read = async () =>
      unwrap(await client.from('current_forecasts').select('symbol, direction, drivers').eq('symbol', 'SPX'));
    const service = serviceClient();
    expect(await read()).toHaveLength(1);
    unwrap(await service.rpc('change_setting', { p_name: 'publishing_enabled', p_value: false }));
    try {
      expect(await read()).toHaveLength(0);
    } finally {
      unwrap(await service.rpc('change_setting', { p_name: 'publishing_enabled', p_value: true }));
    }
    expect(await read()).toHaveLength(1);
  });
});

describe('the windows', () => {
  it('are the latest two, with all 24 columns and a row of tests each', () => {
    expect(report.windows.map((row) => row.window_id)).toEqual([4854, 5104]);
    for (const row of report.windows) expect(Object.keys(row).sort()).toEqual([...COLUMNS].sort());
    expect(report.overfitting_tests.map((row) => row.metrics_id)).toEqual(
      report.windows.map((row) => row.id),
    );
  });

  it('hold the benchmark errors that the bars give', () => {
    for (const [i, row] of report.windows.entries()) {
      const tests = report.overfitting_tests[i];
      const end = row.window_id + 1;
      expect(tests.benchmark_test_rmse).toBeCloseTo(rootMeanSquareReturn(end - 250, end), 12);
      expect(tests.benchmark_val_rmse).toBeCloseTo(rootMeanSquareReturn(end - 500, end - 250), 12);
    }
  });

  it('hold the very bits of the same validation done in one piece, in Node', () => {
    const validation = windowValidation({
      judgeFit,
      series,
      window: { windowId: 5104, trainFrom: 3605, validationFrom: 4605, testFrom: 4855, end: 5105 },
      configuration: defaultConfiguration,
    });
    validation.step(unlimitedBudget);
    const { metrics, scored } = validation.result();
    const overfitting = assessOverfitting(scored);
    const row = report.windows[1];
    const tests = report.overfitting_tests[1];
    expect([row.train_rmse, row.val_rmse, row.test_rmse, row.mean_absolute_error, row.divergence]).toEqual([
      metrics.train.rmse,
      metrics.validation.rmse,
      metrics.test.rmse,
      metrics.test.meanAbsoluteError,
      overfitting.divergence.divergence,
    ]);
    expect([tests.test_crps, tests.selection_gap_p]).toEqual([
      metrics.test.crps,
      overfitting.selectionGap.squaredError.pValue,
    ]);
  });

  it('hold the very bits that npm run evaluate reports, from worker threads and without a database', async () => {
    const out = join(directory, 'report.json');
    const first = series.times[5105 - 1750];
    await promisify(execFile)(
      process.execPath,
      ['--import', 'tsx', 'src/cli/evaluate/evaluate.ts', '--from', first, '--threads', '2', '--out', out],
      { cwd: PROJECT_DIRECTORY },
    );
    const [evaluated] = evaluationReportSchema.parse(JSON.parse(readFileSync(out, 'utf8'))).ensembles;
    expect(evaluated.windows.map(({ last_bar_time }) => last_bar_time)).toEqual([
      series.times[4854],
      series.times[5104],
    ]);
    for (const [i, window] of evaluated.windows.entries()) {
      const row = report.windows[i];
      const tests = report.overfitting_tests[i];
      const { overfitting: found, models } = window;
      const coverage = models.ensemble.coverage.map(({ level, share }) => [
        String(Math.round(100 * level)),
        share,
      ]);
      expect(row).toMatchObject({
        ...{ symbol: window.symbol, train_rmse: window.train_rmse, val_rmse: window.val_rmse },
        ...{
          test_rmse: window.test_rmse,
          divergence: found.divergence,
          is_overfitting: found.is_overfitting,
        },
        directional_accuracy: models.ensemble.directional_accuracy,
        mean_absolute_error: models.ensemble.mae,
        hyperparameters: {
          ...{ ensemble: evaluated.ensemble, config_hash: evaluated.config_hash },
          ...{ mean_factor: window.mean_factor, members: window.hyperparameters },
        },
      });
      expect(models.ensemble.rmse).toBe(row.test_rmse);
      expect(tests).toMatchObject({
        ...{ test_crps: models.ensemble.crps, benchmark_test_crps: models.fhs.crps },
        ...{ benchmark_test_rmse: models.no_change.rmse, base_rate: models.ensemble.base_rate },
        ...{ rmse_divergence: found.divergence, crps_divergence: found.crps_divergence },
        ...{
          selection_gap: found.selection_gap.squared_error.gap,
          fit_optimism: found.fit_optimism.squared_error.gap,
        },
        selection_gap_p: found.selection_gap.squared_error.p_value,
        ...{
          selection_gap_crps: found.selection_gap.crps.gap,
          selection_gap_crps_p: found.selection_gap.crps.p_value,
        },
        fit_optimism_p: found.fit_optimism.squared_error.p_value,
        ...{
          fit_optimism_crps: found.fit_optimism.crps.gap,
          fit_optimism_crps_p: found.fit_optimism.crps.p_value,
        },
        backtest_overfitting_probability: found.backtest_overfitting_probability,
        ...{
          trials: found.trials,
          volatility_shift: found.volatility_shift,
          raw_divergence: found.raw_divergence,
        },
        implausible_skill: found.is_implausible,
        coverage: Object.fromEntries(coverage),
      });
      expect(new Set(tests.reasons)).toEqual(new Set(found.reasons));
    }
  });

  it('claim no skill that nobody has', () => {
    for (const [i, row] of report.windows.entries()) {
      expect(report.overfitting_tests[i].implausible_skill).toBe(false);
      expect(row.test_rmse / report.overfitting_tests[i].benchmark_test_rmse).toBeGreaterThan(0.98);
    }
  });

  it('publish coverage by level', () => {
    expect(Object.keys(report.overfitting_tests[0].coverage as object).sort()).toEqual([
      '50',
      '80',
      '90',
      '95',
    ]);
  });

  it('show in the trends, and in the alarms only if they are', async () => {
    const { client } = await signedInClient();
    const trends = unwrap(await client.from('vw_divergence_trends').select('*').eq('symbol', 'SPX'));
    expect(trends.reduce((sum, row) => sum + row.windows!, 0)).toBe(2);
    const alarms = unwrap(await client.from('vw_overfitting_symbols').select('*').eq('symbol', 'SPX'));
    const overfitting = report.windows.filter((row) => row.is_overfitting).length;
    expect(alarms.reduce((sum, row) => sum + row.overfitting_count!, 0)).toBe(overfitting);
  });
});

describe('the way there', () => {
  it('was cron, pg_net, function and rpc: every run succeeded, in steps, and left no checkpoint', async () => {
    const jobs = await sql`
      select j.kind, j.status, j.steps from public.jobs j join public.runs r on r.id = j.run_id
      where r.params @> '{"symbols": ["SPX"]}'`;
    expect(jobs.map((job) => job.kind).sort()).toEqual([
      'check_divergence',
      'forecast',
      'validate_window',
      'validate_window',
    ]);
    for (const job of jobs) expect(job.status).toBe('succeeded');
    // Each is longer than one step may be, so it was cut, stored and resumed.
    for (const job of jobs.filter(({ kind }) => kind !== 'check_divergence'))
      expect(job.steps).toBeGreaterThan(0);
    expect(await sql`select * from public.job_checkpoints`).toHaveLength(0);

    const [answers] = await sql`
      select count(*) filter (where status_code = 202) as good, count(*) filter (where status_code <> 202) as bad
      from net._http_response`;
    // The relay answers at once; what it has done is in the jobs.
    expect(Number(answers.good)).toBeGreaterThan(0);
    expect(Number(answers.bad)).toBe(0);
  });

  it('is scheduled by name, with five fields', async () => {
    const jobs =
      await sql`select jobname, schedule from cron.job where jobname like 'plumbline-%' order by 1`;
    expect(jobs.map((job) => job.jobname)).toEqual([
      'plumbline-alerts',
      'plumbline-canary-report',
      'plumbline-check-divergence',
      'plumbline-continue',
      'plumbline-dispatch',
      'plumbline-evaluate-rollout',
      'plumbline-forecast',
      'plumbline-ingest',
      'plumbline-measure-health',
      'plumbline-outcomes',
      'plumbline-plan',
      'plumbline-purge',
      'plumbline-reconcile',
      'plumbline-retention',
      'plumbline-score',
      'plumbline-validate',
    ]);
    for (const job of jobs) expect(job.schedule.split(' ')).toHaveLength(5);
  });

  it('plans nothing that is there, and stores nothing twice', async () => {
    const before = await sql`select count(*) from public.jobs`;
    const planned = unwrap(await serviceClient().rpc('plan_work', { p_windows: 2 }));
    expect(planned).toMatchObject({ windows: 0 });
    expect(await sql`select count(*) from public.jobs`).toEqual(before);
  });

  it('was told while it went, and can be read by a person', () => {
    expect(said.some((line) => line.startsWith('Working: '))).toBe(true);
    const text = reportTable(report);
    expect(text).toContain('2874.56');
    expect(text).toMatch(/SPX +5104 +2020-04-17/);
  });
});
