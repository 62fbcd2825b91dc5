// What an operator pastes: every file of supabase/snippets and every block of docs/operations.md.
import { readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { defaultConfiguration } from '../../src/shared/ensemble/presets.ts';
import { ownerConnection } from './support/own-database.ts';
import { rolledBack, type Transaction } from './support/rolled-back.ts';
import {
  addBars,
  addEnsemble,
  addForecast,
  addJob,
  addRun,
  addWindow,
  claim,
  dueSession,
  HASH,
} from './support/rows.ts';

const REPOSITORY = resolve(import.meta.dirname, '../..');
const SNIPPETS = join(REPOSITORY, 'supabase', 'snippets');
const operations = readFileSync(join(REPOSITORY, 'docs', 'operations.md'), 'utf8');
const snippets = readdirSync(SNIPPETS).filter((file) => file.endsWith('.sql'));
const blocks = [...operations.matchAll(/```sql\n(.*?)```/gs)].map(([, block]) => block);

/** Something of everything, so that a query has rows to find. */
beforeAll(async () => {
  const owner = ownerConnection();
  await owner.begin(async (sql) => {
    await addEnsemble(sql);
    await addBars(sql, 'SPY', '2026-07-10');
    await sql`insert into public.symbols (symbol, active) values ('BTC_USD', false)`;
    await addBars(sql, 'MSFT', await dueSession(sql));
    await addForecast(sql, 'MSFT', await dueSession(sql));
    const run = await addRun(sql);
    await addJob(sql, run);
    await addJob(sql, run);
    await sql`select public.dispatch_workers()`;
    await sql`select public.fail_job(${(await claim(sql))!.id}, j.lease_token, 'x', 'y', false) from public.jobs j where j.status = 'running'`;
    await sql`select internal.refuse_run(${await addRun(sql, 'forecast')}, 'too_few_bars', 'too few')`;
    await sql`select internal.tick_job('dispatch')`;
    await sql`select public.pause_slot('measure_health', 'it would be measured once a test')`;
    await sql`update public.schedule_slots set active_since = now() - interval '20 hours'`;
    await sql`select internal.reconcile()`;
    await sql`select internal.report_canary('2026-07-14', '08:00')`;
    await addRollout(sql);
  });
  await owner.end();
});

/** A rollout with pairs of forecasts that came true, windows of both ensembles, an open alert, and an error that is told of. */
async function addRollout(sql: Transaction): Promise<void> {
  const baseline = 'feed00000000beef';
  await sql`select public.seed_ensemble('baseline', '{}', ${baseline})`;
  const session = await dueSession(sql);
  const dates = await addBars(sql, 'SPY', session);
  const id = await addForecast(sql, 'SPY', session);
  await addWindow(sql, 'SPY', dates, 0.18);
  await sql`update public.ensemble_validation_metrics set is_overfitting = true, validation_date = now()`;
  const members = [{ name: 'LSTM', weight: 1, mean: 0.01, scale: 0.01, probability_up: 0.6 }];
  await sql`update public.forecasts set members = ${sql.json(members)} where id = ${id}`;
  await sql`
    insert into public.forecasts (
      symbol_id, symbol, horizon, ensemble, config_hash, code_version, data_cutoff, target_time, last_close, forecast_return,
      forecast_price, scale, probability_up, lower_50, upper_50, lower_80, upper_80, lower_90, upper_90, lower_95, upper_95,
      quantile_levels_id, return_quantiles, members)
    select symbol_id, symbol, horizon, 'baseline', ${baseline}, '0', data_cutoff, target_time, 1, 0.02, 1, 0.01, 0.5, 1, 1, 1, 1, 1, 1, 1, 1,
      quantile_levels_id, return_quantiles, '[]'
    from public.forecasts where id = ${id}`;
  await sql`
    insert into public.forecast_outcomes (
      forecast_id, outcome_time, outcome_close, is_target_session, realised_return, error, absolute_error, crps, pit,
      covered_50, covered_80, covered_90, covered_95, bars_stored_at)
    select f.id, now(), 1, true, 0.01, f.forecast_return - 0.01, abs(f.forecast_return - 0.01), 0.005, 0.5, true, true, true, true, now()
    from public.forecasts f where f.symbol = 'SPY'`;
  await sql`select public.start_rollout('Ada', ${sql.json(defaultConfiguration as never)}, ${HASH}, '{}', ${baseline}, '{SPY}', '0')`;
  await sql`
    insert into public.divergence_alerts (symbol_id, symbol, horizon, ensemble, level, threshold, divergence, message)
    select id, symbol, '1D', 'candidate', 'critical', 0.3, 0.35, 'x' from public.symbols where symbol = 'SPY'`;
  await sql`select public.record_error('forecast', 'internal_error', 'x')`;
  await sql`select internal.watch_errors()`;
  await sql`insert into public.cron_ticks (job, ticked_at) values ('reconcile', date_trunc('minute', now(), 'UTC') - interval '1 hour')`;
}

describe('the snippets', () => {
  it.each(snippets)('%s runs and finds what is there', (file) =>
    rolledBack(async (sql) => {
      const rows = await sql.unsafe(readFileSync(join(SNIPPETS, file), 'utf8'));
      expect(rows.length).toBeGreaterThan(0);
    })(),
  );

  it.each(snippets)('%s starts with a sentence that says what it answers', (file) => {
    expect(readFileSync(join(SNIPPETS, file), 'utf8')).toMatch(/^-- [A-Z].*[.?]\n/);
  });

  it.each(snippets)('%s is named in docs/operations.md', (file) => {
    expect(operations).toContain(`\`${file}\``);
  });
});

describe('the monitoring queries', () => {
  const MONITORING = [
    ...['canary-board', 'daily-divergence-summary', 'forecast-quality', 'missed-ticks', 'model-performance'],
    ...['overfitting-symbols', 'rmse-against-baseline', 'run-health'],
  ];

  it(
    'are the snippets of these names, letter by letter',
    rolledBack(async (sql) => {
      const rows = await sql`select name, query from public.monitoring_queries order by name`;
      expect(rows.map(({ name }) => name)).toEqual(MONITORING);
      for (const { name, query } of rows) {
        expect(query, name).toBe(readFileSync(join(SNIPPETS, `${name}.sql`), 'utf8'));
      }
    }),
  );

  it(
    'are timed, and a claim with them, without a job being claimed',
    rolledBack(async (sql) => {
      const run = await addRun(sql);
      await addJob(sql, run);
      await sql`delete from public.query_timings`;
      const [{ health }] = await sql`select public.measure_queries(3) as health`;
      expect(Object.keys(health).sort()).toEqual([...MONITORING, 'claim'].sort());
      for (const { p95_ms, n } of Object.values<{ p95_ms: number; n: number }>(health)) {
        expect(p95_ms).toBeGreaterThan(0);
        expect(n).toBeGreaterThanOrEqual(1);
      }
      const [{ stored }] = await sql`select internal.query_health('-infinity') as stored`;
      expect(stored).toEqual(health);
      expect(await claim(sql)).not.toBeNull();
    }),
  );
});

describe('docs/operations.md', () => {
  it('has its SQL', () => {
    expect(blocks.length).toBeGreaterThan(8);
  });

  it.each(blocks)('runs: %s', (block) =>
    rolledBack(async (sql) => {
      await sql.unsafe(block);
    })(),
  );

  it(
    'names every check, slot, cron job and setting of the schedule',
    rolledBack(async (sql) => {
      const names = await sql`
        select '\`' || name || '\`' as name from (
          select check_name as name from public.vw_run_health
          union select slot from public.schedule_slots
          union select jobname from cron.job where command like '%tick_job%'
          union select unnest(array['slot_attempts', 'forecast_deadline_minutes', 'retention_days'])
        ) n`;
      expect(names.map(({ name }) => name).filter((name) => !operations.includes(name))).toEqual([]);
    }),
  );

  it(
    'gives the times that cron is set to',
    rolledBack(async (sql) => {
      const rows = operations.matchAll(/^\| `(\w+)` \| .*? \| ([\d:, ]+) \/ ([\d:, ]+) \|/gm);
      let checked = 0;
      for (const [, slot, summer, winter] of rows) {
        for (const [date, told] of [
          ['2026-07-14', summer],
          ['2026-11-24', winter],
        ]) {
          const due = await sql`
            select to_char(due_at at time zone 'UTC', 'HH24:MI') as at from internal.slot_times(${date}, ${date})
            where slot = ${slot} order by due_at`;
          expect([slot, due.map(({ at }) => at).join(', ')]).toEqual([slot, told.trim()]);
        }
        checked++;
      }
      expect(checked).toBe(9);
    }),
  );
});
