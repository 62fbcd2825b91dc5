// Writes baseline-rows.json: a small dump of a database of the baseline, with rows in every table. Run once, when the baseline was
// made; from then on the file is what every later version must take over.
//
// Usage: tsx test/database/upgrade/make-baseline-rows.ts
import { readFileSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import postgres, { type Sql } from 'postgres';
import { readConfig } from '../../../src/local/config.ts';
import { applyMigrations } from '../../../src/local/migrations.ts';
import { startPostgres } from '../../../src/local/postgres/start-postgres.ts';
import { applySeeds } from '../../../src/local/seeds.ts';
import { BASELINE_ROWS_FILE, publicTables, readRows } from './baseline-rows.ts';

const REPOSITORY = resolve(import.meta.dirname, '../../..');

/** A symbol's way from its bars to a forecast that came true, a window with an alert, and a rollout that was rolled back. */
const HISTORY = `
select pg_temp.use_ensemble();
select pg_temp.use_vault();
select pg_temp.use_bars(130);
select pg_temp.use_run();
select pg_temp.use_run('validate_window');

-- A forecast, its fit and its weights by the queue; then its outcome.
with claimed as (select public.claim_job('{forecast}', '1') as job)
select public.complete_job((job ->> 'id')::bigint, (job ->> 'lease_token')::uuid, jsonb_build_object(
  'artifact', pg_temp.artifact(127), 'forecast', pg_temp.forecast(127), 'weights', jsonb_build_object(
    'symbol', 'TEST', 'horizon', '1D', 'ensemble', 'candidate', 'config_hash', 'feedfacefeedface', 'data_cutoff', pg_temp.bar_time(127),
    'method', 'preset', 'weights', '{"LSTM": 0.5, "ARIMA_GARCH": 0.5}'::jsonb, 'samples', 3, 'span_days', 3,
    'reason_code', 'too_few_samples', 'reason', '3 of 100')))
from claimed;
select public.score_outcomes();

-- A window whose first attempt died, with a checkpoint of the second, and the alert that its divergence opens.
with claimed as (select public.claim_job('{validate_window}', '1') as job)
select public.fail_job((job ->> 'id')::bigint, (job ->> 'lease_token')::uuid, 'broken', 'It broke', false) from claimed;
select public.retry_job(id) from public.jobs where status = 'dead';
with claimed as (select public.claim_job('{validate_window}', '1') as job)
select public.save_step((job ->> 'id')::bigint, (job ->> 'lease_token')::uuid, '{"phase": "tune"}', 0.25) from claimed;
select pg_temp.use_window(129, 0.25);
select internal.apply_divergence_check(null, jsonb_build_object('open', jsonb_build_array(jsonb_build_object('symbol', 'TEST',
  'horizon', '1D', 'ensemble', 'candidate', 'level', 'warning', 'threshold', 0.15, 'divergence', 0.25, 'message', 'Window 129')),
  'resolve', '[]'::jsonb));

insert into public.bar_gaps (symbol_id, timeframe, bar_time, reason, message)
select id, '1D', '2015-07-06Z', 'missing', 'The provider has no bar' from public.symbols where symbol = 'TEST';
select public.announce_closure('2030-03-11', 'A test');

select pg_temp.use_rollout();
select pg_temp.use_evaluation('fail');
select public.record_error('forecast', 'internal_error', 'It broke', '{}');
select internal.watch_errors(now());
select internal.report_canary('2030-03-12', '08:00');
select public.rollback_rollout('Ada', 'The evaluation failed');

select internal.tick_job('dispatch');
select internal.run_slot('purge', '2030-03-12', '03:17', now(), false);
select public.measure_queries(1);
`;

async function fill(sql: Sql): Promise<void> {
  const fixtures = readFileSync(join(REPOSITORY, 'supabase/tests/fixtures.psql'), 'utf8');
  // Some of its functions speak of pgTAP's, which is not here.
  await sql`set check_function_bodies = off`;
  await sql.unsafe(fixtures);
  await sql.unsafe(HISTORY);
}

const server = await startPostgres(REPOSITORY);
const sql = postgres(server.url('postgres'), { max: 1, onnotice: () => {} });
try {
  await applyMigrations(sql, REPOSITORY);
  await applySeeds(sql, REPOSITORY, readConfig(REPOSITORY));
  await fill(sql);
  const tables = await publicTables(sql);
  const rows = Object.fromEntries(
    await Promise.all(tables.map(async (table) => [table, await readRows(sql, table)] as const)),
  );
  // The calendar is made from code and known to every version; what was announced is not.
  rows.calendar_exceptions = rows.calendar_exceptions!.filter(({ source }) => source !== 'rules');
  const empty = tables.filter((table) => rows[table]!.length === 0);
  if (empty.length > 0) throw new Error(`Every table must have rows; these have none: ${empty.join(', ')}`);
  const text = tables.map(
    (table) =>
      `${JSON.stringify(table)}: [\n${rows[table]!.map((row) => JSON.stringify(row)).join(',\n')}\n]`,
  );
  writeFileSync(BASELINE_ROWS_FILE, `{\n${text.join(',\n')}\n}\n`);
} finally {
  await sql.end();
  await server.stop();
}
