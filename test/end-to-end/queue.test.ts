import { randomUUID } from 'node:crypto';
import type postgres from 'postgres';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { ClaimedJob } from '../../src/shared/contracts/job.ts';
import { defaultConfiguration } from '../../src/shared/ensemble/presets.ts';
import { checkNextDivergence } from '../../src/shared/jobs/check-divergence.ts';
import { ComputeMeter } from '../../src/shared/jobs/compute-meter.ts';
import { runNextJob } from '../../src/shared/jobs/run-next-job.ts';
import { divergenceReader } from '../../src/shared/store/divergence-reader.ts';
import { latestWindow } from '../../src/shared/store/latest-window.ts';
import { readBarRules } from '../../src/shared/store/read-bar-rules.ts';
import { readCompanions } from '../../src/shared/store/read-companions.ts';
import { readCovariates } from '../../src/shared/store/read-covariates.ts';
import { readEvents } from '../../src/shared/store/read-events.ts';
import { readForecastContext } from '../../src/shared/store/read-forecast-context.ts';
import { readSeries } from '../../src/shared/store/read-series.ts';
import { SupabaseJobQueue } from '../../src/shared/store/supabase-job-queue.ts';
import { unwrap } from '../../src/shared/store/unwrap.ts';
import { eventually, ownerSql, sampleCsv, serviceClient, upload } from './support/stack-clients.ts';

const HASH = '00000000deadbeef';
const SIZES = { train: 1000, validation: 250, test: 250, step: 250 };
const service = serviceClient();
const queue = new SupabaseJobQueue(service);
let sql: postgres.Sql;
let runId: string;

beforeAll(async () => {
  sql = ownerSql();
  // No worker may come by: these tests are the workers.
  unwrap(await service.rpc('change_setting', { p_name: 'max_workers', p_value: 0 }));
  await eventually(async () => {
    const open = await sql`select id from public.jobs where status in ('queued', 'running')`;
    return open.length === 0 ? true : undefined;
  });
  await upload('QUEUE', sampleCsv(20));
});
afterAll(async () => {
  unwrap(await service.rpc('change_setting', { p_name: 'max_workers', p_value: 2 }));
  await sql.end();
});
beforeEach(async () => {
  await sql`delete from public.runs where config_hash = ${HASH}`;
  runId = await addRun('validation');
});

async function addRun(kind: string): Promise<string> {
  await sql`select internal.store_configuration(${HASH}, ${sql.json(defaultConfiguration as never)})`;
  const [{ id }] = await sql`
    insert into public.runs (kind, ensemble, idempotency_key, requested_via, config_hash)
    values (${kind}, 'candidate', ${randomUUID()}, 'schedule', ${HASH})
    returning id`;
  return id;
}

async function addJob(kind: ClaimedJob['kind'], more: Record<string, unknown> = {}): Promise<number> {
  const payload = { symbol: 'QUEUE', horizon: '1D', ensemble: 'candidate', sizes: SIZES, ...more };
  const [{ id }] = await sql`
    insert into public.jobs (run_id, kind, idempotency_key, payload)
    values (${runId}, ${kind}, ${randomUUID()}, ${sql.json(payload as never)}) returning id`;
  await sql`update public.runs set jobs_total = jobs_total + 1 where id = ${runId}`;
  return Number(id);
}

const job = async (id: number) => (await sql`select * from public.jobs where id = ${id}`)[0];
const run = async () => (await sql`select * from public.runs where id = ${runId}`)[0];
const claim = () => queue.claim(['validate_window']);

describe('claiming', () => {
  it('gives each of many claimers at once another job, and the rest none', async () => {
    const ids = [];
    for (let i = 0; i < 5; i++) ids.push(await addJob('validate_window', { window_id: 1500 + i }));
    const claimed = await Promise.all(Array.from({ length: 8 }, claim));
    expect(claimed.filter((got) => got === null)).toHaveLength(3);
    expect(claimed.flatMap((got) => got?.id ?? []).sort((a, b) => a - b)).toEqual(ids);
    expect((await run()).status).toBe('running');
  });

  it('takes only the kinds that are asked for', async () => {
    await addJob('validate_window', { window_id: 1500 });
    expect(await queue.claim(['forecast'])).toBeNull();
  });

  it('ends a job that cannot be read, with the reason, instead of coming back to it for ever', async () => {
    const id = await addJob('validate_window', { window_id: 'the last one' });
    await expect(claim()).rejects.toMatchObject({ code: 'invalid_input' });
    expect(await job(id)).toMatchObject({ status: 'dead', error_code: 'invalid_job' });
    expect(await run()).toMatchObject({ status: 'failed', error_code: 'invalid_job' });
  });
});

describe('what becomes of an ensemble when a member fails', () => {
  it('is what was set when the run was planned: a later change does not reach it', async () => {
    await addJob('validate_window', { window_id: 1500 });
    unwrap(await service.rpc('change_setting', { p_name: 'on_member_failure', p_value: 'drop' }));
    try {
      expect((await claim())!.on_member_failure).toBe('fail');
      runId = await addRun('validation');
      await addJob('validate_window', { window_id: 1501 });
    } finally {
      unwrap(await service.rpc('change_setting', { p_name: 'on_member_failure', p_value: 'fail' }));
    }
    expect((await claim())!.on_member_failure).toBe('drop');
  });
});

describe('planning', () => {
  it('plans no window that waits in the queue already, whoever asks for how many', async () => {
    await upload('TWICE', sampleCsv(2000));
    try {
      const windows = async () => {
        const jobs = await sql`
          select (payload ->> 'window_id')::int as id from public.jobs
          where kind = 'validate_window' and payload ->> 'symbol' = 'TWICE' order by 1`;
        return jobs.map(({ id }) => id);
      };
      unwrap(await service.rpc('plan_work', { p_windows: 2 }));
      expect(await windows()).toEqual([1749, 1999]);
      unwrap(await service.rpc('plan_work', { p_windows: 3 }));
      expect(await windows()).toEqual([1499, 1749, 1999]);
    } finally {
      // Nobody shall come across them later, nor across what was planned of other symbols' bars.
      await sql`delete from public.runs where status = 'queued'`;
      await sql`update public.symbols set active = false where symbol = 'TWICE'`;
    }
  });
});

describe('a step', () => {
  it('stores the checkpoint, gives the job back, and forgets earlier failures', async () => {
    const id = await addJob('validate_window', { window_id: 1500 });
    const first = (await claim())!;
    expect(await queue.fail(first, 'hiccup', 'try again', true)).toBe('queued');
    await sql`update public.jobs set run_after = now() where id = ${id}`;

    const second = (await claim())!;
    expect(second.attempt).toBe(2);
    await queue.saveStep(second, { floats: 'AAAA', bars: 'x' }, 0.25);
    expect(await job(id)).toMatchObject({
      status: 'queued',
      attempts: 0,
      steps: 1,
      progress: 0.25,
      error_code: null,
    });

    const third = (await claim())!;
    expect(third.attempt).toBe(1);
    expect(third.checkpoint).toEqual({ floats: 'AAAA', bars: 'x' });
  });

  it('is refused when the lease ran out and another worker has the job: nothing is stored', async () => {
    const id = await addJob('validate_window', { window_id: 1500 });
    const slow = (await claim())!;
    await sql`update public.jobs set lease_until = now() - interval '1 second' where id = ${id}`;
    const quick = (await claim())!;
    expect(quick.id).toBe(slow.id);

    await expect(queue.saveStep(slow, { by: 'slow' }, 0.9)).rejects.toMatchObject({
      code: 'lease_lost',
      status: 409,
    });
    await expect(queue.complete(slow, {})).rejects.toMatchObject({ code: 'lease_lost' });
    await expect(queue.fail(slow, 'x', 'x', false)).rejects.toMatchObject({ code: 'lease_lost' });
    expect(await sql`select * from public.job_checkpoints where job_id = ${id}`).toHaveLength(0);
    expect(await job(id)).toMatchObject({ status: 'running', progress: 0 });
  });
});

describe('the bars of companions', () => {
  it('are the last ones up to a bar, in the order of the names; who has none is left out', async () => {
    await upload('QUEUE2', sampleCsv(30));
    const whole = await readSeries(service, 'QUEUE2', '1D', 0, 30);
    const found = await readCompanions(service, ['QUEUE2', 'NOBODY', 'QUEUE'], '1D', whole.times[24], 10);
    expect(found.map(({ symbol }) => symbol)).toEqual(['QUEUE2', 'QUEUE']);
    expect(found[0].times).toEqual(whole.times.slice(15, 25));
    expect(Array.from(found[0].close)).toEqual(Array.from(whole.close.slice(15, 25)));
    expect(found[1].times).toHaveLength(10);
    expect(found[1].times[9] <= whole.times[24]).toBe(true);
    expect(await readCompanions(service, ['QUEUE2'], '1D', '1999-01-01', 10)).toEqual([]);
  });
});

describe('the bars of covariates', () => {
  it('are those of a span of dates and the last one before it; who has none by its end is left out', async () => {
    const whole = await readSeries(service, 'QUEUE2', '1D', 0, 30);
    const read = (from: string, until: string) =>
      readCovariates(service, ['QUEUE2', 'NOBODY'], from, until).then((found) =>
        found.map(({ times }) => times),
      );
    expect(await read(whole.times[10], whole.times[24])).toEqual([whole.times.slice(9, 25)]);
    expect(await read('1999-01-01', '2999-01-01')).toEqual([whole.times]);
    expect(await read('1998-01-01', '1999-01-01')).toEqual([]);
  });
});

describe('a failure', () => {
  it('backs off about twice as long each time, and is dead after five attempts', async () => {
    const id = await addJob('validate_window', { window_id: 1500 });
    const waits: number[] = [];
    for (let attempt = 1; attempt <= 5; attempt++) {
      await sql`update public.jobs set run_after = now() where id = ${id}`;
      const state = await queue.fail((await claim())!, 'hiccup', `attempt ${attempt}`, true);
      expect(state).toBe(attempt < 5 ? 'queued' : 'dead');
      const [{ wait }] = await sql`
        select extract(epoch from run_after - updated_at) as wait from public.jobs where id = ${id}`;
      if (attempt < 5) waits.push(Number(wait));
    }
    // And up to a quarter more, by job and attempt.
    const over = waits.map((wait, i) => wait / (5 * 2 ** i));
    expect(over).toHaveLength(4);
    for (const share of over) expect(share >= 1 && share < 1.25, `${share}`).toBe(true);
    expect(await run()).toMatchObject({ status: 'failed', error_code: 'hiccup', error_message: 'attempt 5' });
    expect(await claim()).toBeNull();
  });

  it('that the data causes is dead at once, and the run says symbol, window and rule', async () => {
    await addJob('validate_window', { window_id: 1499 });
    const outcome = await runNextJob({
      queue,
      readSeries: (symbol, timeframe, from, count) => readSeries(service, symbol, timeframe, from, count),
      readCompanions: (...wanted) => readCompanions(service, ...wanted),
      readEvents: (...wanted) => readEvents(service, ...wanted),
      readCovariates: (...wanted) => readCovariates(service, ...wanted),
      readForecastContext: (subject) => readForecastContext(service, subject),
      barRules: (symbol) => readBarRules(service, symbol),
      latestWindow: (...subject) => latestWindow(service, ...subject),
      now: () => new Date().toISOString(),
      meter: new ComputeMeter(() => performance.now()),
    });
    expect(outcome).toMatchObject({ outcome: 'dead', code: 'too_few_bars' });
    expect((await run()).error_message).toMatch(
      /^QUEUE 1D window 1499: Bars 0 to 1499 were planned, 20 of them/,
    );
  });

  it('of every lease ends the job, when it is reconciled', async () => {
    const id = await addJob('validate_window', { window_id: 1500 });
    for (let attempt = 1; attempt <= 5; attempt++) {
      expect(await claim()).not.toBeNull();
      await sql`update public.jobs set lease_until = now() - interval '1 second' where id = ${id}`;
    }
    expect(await claim()).toBeNull();
    await sql`select internal.reconcile()`;
    expect(await job(id)).toMatchObject({ status: 'dead', error_code: 'lease_expired' });
    expect((await run()).status).toBe('failed');
  });
});

describe('a result', () => {
  const metrics = {
    ...{ symbol: 'QUEUE', horizon: '1D', validation_date: '2024-01-01T00:00:00Z', window_id: 1499 },
    ...{ train_rmse: 0.01, val_rmse: 0.01, test_rmse: 0.01, divergence: 0.35, divergence_threshold: 0.2 },
    ...{
      is_overfitting: true,
      model_count: 1,
      models_used: ['LSTM'],
      n_train_samples: 1000,
      n_val_samples: 250,
    },
    ...{ n_test_samples: 250, data_span_days: 2000, directional_accuracy: 0.5, mean_absolute_error: 0.008 },
    ...{ trained_at: '2024-01-01T00:00:00Z', hyperparameters: { ensemble: 'candidate', config_hash: HASH } },
  };
  const tests = {
    ...{ ensemble: 'candidate', config_hash: HASH, code_version: '0', data_cutoff: '2020-01-02' },
    ...{ first_bar_time: '2020-01-01', last_bar_time: '2020-01-03', benchmark_train_rmse: 0.01 },
    ...{
      benchmark_val_rmse: 0.01,
      benchmark_test_rmse: 0.01,
      train_crps: 0.01,
      val_crps: 0.01,
      test_crps: 0.01,
    },
    ...{
      benchmark_train_crps: 0.01,
      benchmark_val_crps: 0.01,
      benchmark_test_crps: 0.01,
      rmse_divergence: 0.35,
    },
    ...{ crps_divergence: 0, level: 'critical', selection_gap: 0, selection_gap_p: 1, selection_gap_crps: 0 },
    ...{
      selection_gap_crps_p: 1,
      fit_optimism: 0,
      fit_optimism_p: 1,
      fit_optimism_crps: 0,
      fit_optimism_crps_p: 1,
    },
    ...{ backtest_overfitting_probability: null, trials: 1, implausible_skill: false, volatility_shift: 1 },
    ...{ raw_divergence: 0, base_rate: 0.5, coverage: {}, verdict: 'overfitting', reasons: ['it is'] },
  };
  const windows = () => sql`
    select m.*, o.reasons from public.ensemble_validation_metrics m
    join public.overfitting_tests o on o.metrics_id = m.id where m.symbol = 'QUEUE'`;

  beforeEach(async () => {
    await sql`delete from public.divergence_alerts where symbol = 'QUEUE'`;
    await sql`delete from public.ensemble_validation_metrics where symbol = 'QUEUE'`;
  });

  it('that the table cannot hold leaves no trace, and the job is still held', async () => {
    const id = await addJob('validate_window', { window_id: 1499 });
    const held = (await claim())!;
    const impossible = { metrics: { ...metrics, is_overfitting: false }, tests };
    await expect(queue.complete(held, impossible as never)).rejects.toMatchObject({
      status: 400,
      code: '23514',
    });
    expect(await windows()).toHaveLength(0);
    expect((await job(id)).status).toBe('running');
  });

  it('is stored with the end of its job, and the divergence check follows the last window', async () => {
    await addJob('validate_window', { window_id: 1499 });
    await queue.complete((await claim())!, { metrics, tests } as never);
    expect(await windows()).toHaveLength(1);
    expect((await run()).status).toBe('running');

    const alerts = () => sql`
      select level, resolved_at is null as open from public.divergence_alerts where symbol = 'QUEUE' order by threshold`;
    expect((await checkNextDivergence(queue, divergenceReader(service))).outcome).toBe('succeeded');
    expect(await alerts()).toEqual([
      { level: 'warning', open: true },
      { level: 'overfitting', open: true },
      { level: 'critical', open: true },
    ]);
    expect((await run()).status).toBe('succeeded');

    // The same window validated again, by another run, with a better end: its row is updated and two alerts are resolved.
    runId = await addRun('validation');
    await addJob('validate_window', { window_id: 1499 });
    const better = { ...metrics, divergence: 0.16, is_overfitting: false };
    await queue.complete((await claim())!, {
      metrics: better,
      tests: { ...tests, rmse_divergence: 0.16, level: 'warning', verdict: 'ok', reasons: [] },
    } as never);
    await checkNextDivergence(queue, divergenceReader(service));
    const rows = await windows();
    expect(rows).toHaveLength(1);
    expect(rows[0]).toMatchObject({ divergence: 0.16, is_overfitting: false, reasons: [] });
    expect(await alerts()).toEqual([
      { level: 'warning', open: true },
      { level: 'overfitting', open: false },
      { level: 'critical', open: false },
    ]);
  });
});
