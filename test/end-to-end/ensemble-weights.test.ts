import { randomUUID } from 'node:crypto';
import type postgres from 'postgres';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { EnsembleConfiguration } from '../../src/shared/ensemble/ensemble-configuration.ts';
import { defaultConfiguration } from '../../src/shared/ensemble/presets.ts';
import { ComputeMeter } from '../../src/shared/jobs/compute-meter.ts';
import { runNextJob } from '../../src/shared/jobs/run-next-job.ts';
import { latestWindow } from '../../src/shared/store/latest-window.ts';
import { readBarRules } from '../../src/shared/store/read-bar-rules.ts';
import { readCompanions } from '../../src/shared/store/read-companions.ts';
import { readCovariates } from '../../src/shared/store/read-covariates.ts';
import { readEvents } from '../../src/shared/store/read-events.ts';
import { readForecastContext } from '../../src/shared/store/read-forecast-context.ts';
import { readSeries } from '../../src/shared/store/read-series.ts';
import { SupabaseJobQueue } from '../../src/shared/store/supabase-job-queue.ts';
import { unwrap } from '../../src/shared/store/unwrap.ts';
import {
  eventually,
  ownerSql,
  sampleCsv,
  serviceClient,
  signedInClient,
  upload,
} from './support/stack-clients.ts';

const HASH = '00000000ca11b8ed';
const SIZES = { train: 280, validation: 110, test: 40, step: 40 };
/** The real members, as small as they can be. */
const CONFIGURATION: EnsembleConfiguration = {
  ...defaultConfiguration,
  weighting: 'calibrated',
  grids: {
    LSTM: [{ hiddenUnits: 4, lookback: 4, learningRate: 0.02, dropout: 0, epochs: 1, batchSize: 64 }],
    ARIMA_GARCH: [{ variance: 'garch', innovations: 'normal' }],
  },
};
const service = serviceClient();
const queue = new SupabaseJobQueue(service);
let sql: postgres.Sql;

beforeAll(async () => {
  sql = ownerSql();
  // No worker may come by: these tests are the workers.
  unwrap(await service.rpc('change_setting', { p_name: 'max_workers', p_value: 0 }));
  await eventually(async () => {
    const open = await sql`select id from public.jobs where status in ('queued', 'running')`;
    return open.length === 0 ? true : undefined;
  });
  await upload('WEIGHED', sampleCsv(390));
});
afterAll(async () => {
  await sql`delete from public.ensemble_validation_metrics where symbol = 'WEIGHED'`;
  await sql`delete from public.runs where config_hash = ${HASH}`;
  await sql`update public.symbols set active = false where symbol = 'WEIGHED'`;
  unwrap(await service.rpc('change_setting', { p_name: 'max_workers', p_value: 2 }));
  await sql.end();
});

async function addJob(kind: 'forecast' | 'validate_window', more: Record<string, number>): Promise<string> {
  await sql`select internal.store_configuration(${HASH}, ${sql.json(CONFIGURATION as never)})`;
  const [{ id: runId }] = await sql`
    insert into public.runs (kind, ensemble, idempotency_key, requested_via, config_hash, jobs_total)
    values (${kind === 'forecast' ? 'forecast' : 'validation'}, 'candidate', ${randomUUID()}, 'schedule', ${HASH}, 1)
    returning id`;
  const payload = { symbol: 'WEIGHED', horizon: '1D', ensemble: 'candidate', sizes: SIZES, ...more };
  await sql`
    insert into public.jobs (run_id, kind, idempotency_key, payload)
    values (${runId}, ${kind}, ${randomUUID()}, ${sql.json(payload as never)})`;
  return runId;
}

/** Plans a forecast from the last bar and works until it is stored. */
async function forecast(): Promise<string> {
  const runId = await addJob('forecast', { last_bar: 389 });
  for (let outcome = 'stepped'; outcome === 'stepped'; ) {
    ({ outcome } = await runNextJob({
      queue,
      readSeries: (symbol, timeframe, from, count) => readSeries(service, symbol, timeframe, from, count),
      readCompanions: (...wanted) => readCompanions(service, ...wanted),
      readEvents: (...wanted) => readEvents(service, ...wanted),
      readCovariates: (...wanted) => readCovariates(service, ...wanted),
      barRules: (symbol) => readBarRules(service, symbol),
      latestWindow: (...subject) => latestWindow(service, ...subject),
      readForecastContext: (subject) => readForecastContext(service, subject),
      now: () => new Date().toISOString(),
      meter: new ComputeMeter(() => performance.now()),
    }));
    expect(['stepped', 'succeeded']).toContain(outcome);
  }
  return runId;
}

const weightsRows = () => sql`select * from public.ensemble_weights where symbol = 'WEIGHED'`;

describe('a forecast with calibrated weights', () => {
  it('stores them with where they come from, for every user to read', async () => {
    const runId = await forecast();
    const { client } = await signedInClient();
    const rows = unwrap(await client.from('ensemble_weights').select('*').eq('symbol', 'WEIGHED'));
    const [{ data_cutoff, members }] = unwrap(
      await client.from('forecasts').select('data_cutoff, members').eq('symbol', 'WEIGHED'),
    );
    expect(rows).toHaveLength(1);
    expect(rows[0]).toMatchObject({
      ...{ symbol: 'WEIGHED', horizon: '1D', ensemble: 'candidate', config_hash: HASH, data_cutoff },
      ...{ method: 'calibrated', samples: 110, reason_code: null, reason: null, run_id: runId },
    });
    expect(rows[0].span_days).toBeGreaterThan(150);
    expect(rows[0].weights).toEqual(
      Object.fromEntries(
        (members as { name: string; weight: number }[]).map(({ name, weight }) => [name, weight]),
      ),
    );
    expect(rows[0].weights).not.toEqual(CONFIGURATION.weights);
  });

  it('made again from the same bars changes neither forecast nor weights', async () => {
    const [before] = await weightsRows();
    await forecast();
    expect(await weightsRows()).toEqual([before]);
  });

  it('goes back to the preset after a window that was overfitted, and the row says why', async () => {
    // A forecast stands until its bars are restated, and with it its weights.
    await upload('WEIGHED', restated('123456789'));
    expect(await latestWindow(service, 'WEIGHED', '1D', HASH)).toBeNull();
    await addJob('validate_window', { window_id: 389 });
    const held = (await queue.claim(['validate_window']))!;
    await queue.complete(held, overfittedWindow() as never);
    // The divergence check that follows is not the matter here.
    await sql`delete from public.jobs where kind = 'check_divergence' and run_id in (select id from public.runs where config_hash = ${HASH})`;
    expect(await latestWindow(service, 'WEIGHED', '1D', HASH)).toEqual({
      windowId: 389,
      divergence: 0.25,
      verdict: 'overfitting',
    });
    expect(await latestWindow(service, 'WEIGHED', '1D', '00000000deadbeef')).toBeNull();

    const runId = await forecast();
    const rows = await weightsRows();
    expect(rows).toHaveLength(1);
    expect(rows[0]).toMatchObject({
      ...{ method: 'preset', weights: CONFIGURATION.weights, reason_code: 'overfitting', run_id: runId },
      reason: expect.stringContaining('389'),
    });
  });

  it('does not look at a window whose bars were restated since', async () => {
    await upload('WEIGHED', restated('987654321'));
    expect(await latestWindow(service, 'WEIGHED', '1D', HASH)).toBeNull();
  });

  it('is no business of a user who asks for the window behind it', async () => {
    const { client } = await signedInClient();
    await expect(latestWindow(client, 'WEIGHED', '1D', HASH)).rejects.toMatchObject({ code: '42501' });
    const { error } = await client.from('ensemble_weights').delete().eq('symbol', 'WEIGHED');
    expect(error?.code).toBe('42501');
  });
});

describe('a row of weights that cannot be is refused', () => {
  const row = async () => {
    const [{ id }] = await sql`select id from public.symbols where symbol = 'WEIGHED'`;
    return {
      ...{ symbol_id: id, symbol: 'WEIGHED', horizon: '1D', ensemble: 'candidate', config_hash: 'abc' },
      ...{ data_cutoff: '2020-01-02', method: 'calibrated', weights: sql.json({ LSTM: 0.25, GB: 0.75 }) },
      ...{ samples: 100, span_days: 30, reason_code: null, reason: null },
    };
  };
  const preset = { method: 'preset', reason_code: 'overfitting', reason: 'it is' };
  /** Inserts a row and takes it back; resolves to the constraint that refused it, or 'accepted'. */
  async function attempt(change: Record<string, unknown>): Promise<string> {
    const rolledBack = new Error('accepted');
    const inserted = { ...(await row()), ...change };
    const insert = sql.begin(async (transaction) => {
      await transaction`insert into public.ensemble_weights ${transaction(inserted as never)}`;
      throw rolledBack;
    });
    return insert.then(
      () => 'committed',
      (error) => (error === rolledBack ? 'accepted' : (error.constraint_name ?? error.message)),
    );
  }

  it.each([[{}], [preset], [{ ...preset, samples: 0, span_days: 0 }]])(
    'unlike one with %j',
    async (change) => {
      expect(await attempt(change)).toBe('accepted');
    },
  );

  it.each([
    ['sum_to_one', { weights: { LSTM: 0.5, GB: 0.6 } }],
    ['sum_to_one', { weights: { LSTM: 1.5, GB: -0.5 } }],
    ['sum_to_one', { weights: { LSTM: '0.5', GB: 0.5 } }],
    ['sum_to_one', { weights: {} }],
    ['sum_to_one', { weights: [1] }],
    ['preset_has_its_reason', { ...preset, reason_code: null, reason: null }],
    ['preset_has_its_reason', { reason_code: 'overfitting', reason: 'it is' }],
    ['preset_has_its_reason', { ...preset, reason: null }],
    ['preset_has_its_reason', { ...preset, reason: '' }],
    ['reason_known', { ...preset, reason_code: 'mood' }],
    ['learned_from_enough', { samples: 99 }],
    ['learned_from_enough', { span_days: 29 }],
    ['counts_are_counts', { ...preset, samples: -1 }],
    ['method_known', { method: 'guessed' }],
    ['symbol_is_the_ids', { symbol: 'AAPL' }],
  ])('by %s: %j', async (constraint, change) => {
    const { weights } = change as { weights?: object };
    const given = weights === undefined ? change : { ...change, weights: sql.json(weights as never) };
    expect(await attempt(given)).toContain(constraint);
  });
});

/** The bars, the last with another volume. */
function restated(volume: string): string {
  return sampleCsv(390).trim().replace(/\d+$/, volume);
}

function overfittedWindow() {
  const metrics = {
    ...{ symbol: 'WEIGHED', horizon: '1D', validation_date: new Date().toISOString(), window_id: 389 },
    ...{ train_rmse: 0.01, val_rmse: 0.01, test_rmse: 0.01, divergence: 0.25, divergence_threshold: 0.2 },
    ...{ is_overfitting: true, model_count: 1, models_used: ['LSTM'], n_train_samples: 280 },
    ...{ n_val_samples: 60, n_test_samples: 50, data_span_days: 500, directional_accuracy: 0.5 },
    ...{ mean_absolute_error: 0.008, trained_at: new Date().toISOString() },
    hyperparameters: { ensemble: 'candidate', config_hash: HASH },
  };
  const crps = ['train_crps', 'val_crps', 'test_crps'].flatMap((name) => [name, `benchmark_${name}`]);
  const rmse = ['train', 'val', 'test'].map((part) => `benchmark_${part}_rmse`);
  const gaps = ['selection_gap', 'fit_optimism'].flatMap((name) => [name, `${name}_crps`]);
  const tests = {
    ...{ ensemble: 'candidate', config_hash: HASH, code_version: '0', first_bar_time: '2000-01-03' },
    ...{ data_cutoff: '2001-01-03', last_bar_time: lastDay(), rmse_divergence: 0.25, crps_divergence: 0 },
    ...Object.fromEntries([...crps, ...rmse].map((name) => [name, 0.01])),
    ...Object.fromEntries(
      gaps.flatMap((name) => [
        [name, 0],
        [`${name}_p`, 1],
      ]),
    ),
    ...{ level: 'overfitting', backtest_overfitting_probability: null, trials: 1, implausible_skill: false },
    ...{ volatility_shift: 1, raw_divergence: 0, base_rate: 0.5, coverage: {}, verdict: 'overfitting' },
    reasons: ['it is'],
  };
  return { metrics, tests };
}

function lastDay(): string {
  return sampleCsv(390).trim().split('\n').at(-1)!.split(',')[0];
}
