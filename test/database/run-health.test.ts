// Every check of vw_run_health, both ways; and that a signed-in user may look.
import { describe, expect, it } from 'vitest';
import { defaultConfiguration } from '../../src/shared/ensemble/presets.ts';
import { becomeOperator } from './support/become-operator.ts';
import { rolledBack, type Transaction } from './support/rolled-back.ts';
import {
  addBars,
  addEnsemble,
  addForecast,
  addJob,
  addRun,
  claim,
  dueSession,
  HASH,
} from './support/rows.ts';

async function check(sql: Transaction, name: string, subject: string | null = null) {
  const [row] = await sql`
    select status, sentence, figures, last_good_at from public.vw_run_health
    where check_name = ${name} and subject is not distinct from ${subject}`;
  return row;
}
const status = async (sql: Transaction, name: string, subject: string | null = null) =>
  (await check(sql, name, subject)).status;

/** As if the migrations had been applied just now: nothing has been due yet. */
const asNew = (sql: Transaction) => sql`
  update public.schedule_slots set active_since = now(), next_due_at = now() + interval '1 hour'`;

/** 30 symbols, both ensembles, and the bars that forecasts of the last session start from; returns its date. */
async function addRegistry(sql: Transaction): Promise<string> {
  await addEnsemble(sql);
  await sql`select public.seed_ensemble('baseline', '{}', 'feed00000000beef')`;
  const session = await dueSession(sql);
  await sql`delete from public.calendar_exceptions where session_date = ${session}`;
  await sql`
    create temporary table origin on commit drop as
    select h.horizon, (${session}::date + h.at::time) at time zone h.zone as cutoff
    from (values ('1D', '00:00', 'UTC'), ('4h', '13:30', 'America/New_York'), ('8h', '09:30', 'America/New_York')) h(horizon, at, zone)`;
  await sql`update public.symbols set active = false`;
  await sql`insert into public.symbols (symbol) select 'T' || to_char(i, 'FM00') from generate_series(1, 30) i`;
  await sql`select setseed(0.5)`;
  return session;
}

/** Random, but the same every time. */
const CHANGES = [
  `update public.symbols set active = random() < 0.8, stage = (array['canary', 'full'])[1 + floor(random() * 2)::integer],
    horizons = (array['{1D}', '{1D,4h}', '{4h,8h}', '{1D,4h,8h}'])[1 + floor(random() * 4)::integer]::text[] where symbol like 'T%'`,
  `insert into public.bar_series (symbol_id, timeframe, bars, first_bar_time, last_bar_time, stored_at, provider, feed, adjustment)
    select s.id, o.horizon, 9, o.cutoff - interval '90 days', o.cutoff - floor(random() * 3) * interval '3 days', now(), 'csv', 'file', 'all'
    from public.symbols s cross join pg_temp.origin o where s.symbol like 'T%' and random() < 0.8
    on conflict (symbol_id, timeframe) do update set last_bar_time = excluded.last_bar_time`,
  // From that bar or the one before, by either ensemble, of its configuration or another one.
  `insert into public.forecasts (
      symbol_id, symbol, horizon, ensemble, config_hash, code_version, data_cutoff, target_time, issued_at, last_close, forecast_return,
      forecast_price, scale, probability_up, lower_50, upper_50, lower_80, upper_80, lower_90, upper_90, lower_95, upper_95,
      quantile_levels_id, return_quantiles, members)
    select s.id, s.symbol, o.horizon, e.ensemble, case when random() < 0.9 then e.config_hash else '1111111111111111' end, '0',
      o.cutoff - floor(random() * 1.2) * interval '1 day', o.cutoff + interval '2 days', now() - random() * interval '1 hour',
      1, 0, 1, 0.01, 0.5, 1, 1, 1, 1, 1, 1, 1, 1, internal.quantile_levels_id('{0.5}'), '{0}', '[]'
    from public.symbols s cross join pg_temp.origin o cross join public.ensembles e where s.symbol like 'T%' and random() < 0.8
    on conflict on constraint forecasts_one_a_cutoff do nothing`,
  `update public.ensembles set active = ensemble = 'candidate'`,
  `delete from public.forecasts where random() < 0.4`,
  `update public.ensembles set active = ensemble = 'baseline'`,
  'delete from public.bar_series where random() < 0.2',
  'update public.ensembles set active = true',
];
/** A rollout that has come to some symbols, was rolled back, and is completed. */
const ROLLOUT = [
  `insert into public.rollouts (status, stage, candidate_hash, baseline_hash, code_version, stage_due_at)
    values ('running', 'full', '${HASH}', 'feed00000000beef', '0', now())`,
  `insert into public.rollout_symbols (rollout_id, symbol_id, symbol, stage, horizons)
    select r.id, s.id, s.symbol, 'full', case when random() < 0.5 then '{1D,4h}' else '{8h}' end::text[]
    from public.rollouts r join public.symbols s on s.symbol like 'T%' and random() < 0.6`,
  `update public.rollouts set status = 'rolled_back', ended_at = now(), ended_because = 'a test'`,
  `update public.rollouts set status = 'completed'`,
  `update public.rollouts set status = 'running', ended_at = null, ended_because = null`,
];

describe('vw_run_health', () => {
  it(
    'is read by operators, with nothing failing in a project that is new',
    rolledBack(async (sql) => {
      await asNew(sql);
      await becomeOperator(sql);
      const rows = await sql`select check_name, status, ok, sentence from public.vw_run_health`;
      expect(rows.length).toBeGreaterThan(18);
      expect(rows.filter((row) => row.status === 'failing')).toEqual([]);
      for (const row of rows) {
        expect(row.sentence).toBeTruthy();
        expect(row.status).toBe(row.ok === null ? 'insufficient' : row.ok ? 'ok' : 'failing');
      }
    }),
  );

  it(
    'cron: failing when ticks stop, or never came, or raise an error',
    rolledBack(async (sql) => {
      await asNew(sql);
      expect(await status(sql, 'cron', 'dispatch')).toBe('insufficient');
      await sql`update public.schedule_slots set active_since = now() - interval '1 day'`;
      expect(await status(sql, 'cron', 'dispatch')).toBe('failing');
      await sql`select internal.tick_job('dispatch')`;
      expect(await status(sql, 'cron', 'dispatch')).toBe('ok');
      await sql`update public.cron_ticks set ticked_at = date_trunc('minute', now(), 'UTC') - interval '4 minutes'`;
      expect(await status(sql, 'cron', 'dispatch')).toBe('failing');
      await sql`insert into public.cron_ticks (job, ticked_at, error) values ('dispatch', date_trunc('minute', now(), 'UTC'), 'division by zero')`;
      const row = await check(sql, 'cron', 'dispatch');
      expect(row.status).toBe('failing');
      expect(row.sentence).toContain('it failed: division by zero');
      // Ticks of a clock that was set back since prove nothing.
      await sql`update public.cron_ticks set ticked_at = ticked_at + interval '6 hours', error = null`;
      expect(await status(sql, 'cron', 'dispatch')).toBe('failing');
    }),
  );

  it(
    'slot: failing when the last one failed or was missed, and when one was due and nobody noticed',
    rolledBack(async (sql) => {
      const run = (state: string, date: string) => sql`
        insert into public.slot_runs (slot, slot_date, local_time, due_at, status, reason, started_at, finished_at)
        values ('purge', ${date}, '03:17', internal.new_york_time(${date}, '03:17'), ${state}, 'x', now(), now())`;
      await sql`update public.schedule_slots set next_due_at = now() + interval '1 hour' where slot = 'purge'`;
      expect(await status(sql, 'slot', 'purge')).toBe('insufficient');
      await run('missed', '2026-07-13');
      expect(await status(sql, 'slot', 'purge')).toBe('failing');
      await run('done', '2026-07-14');
      expect(await status(sql, 'slot', 'purge')).toBe('ok');
      await run('failed', '2026-07-15');
      expect(await status(sql, 'slot', 'purge')).toBe('failing');
      await run('skipped', '2026-07-16');
      expect(await status(sql, 'slot', 'purge')).toBe('ok');

      // Cron and reconcile both stand still.
      await sql`update public.schedule_slots set next_due_at = now() - interval '21 minutes' where slot = 'purge'`;
      const row = await check(sql, 'slot', 'purge');
      expect(row.status).toBe('failing');
      expect(row.sentence).toContain('and nothing ran nor noticed');
      await sql`update public.schedule_slots set next_due_at = now() + interval '1 hour' where slot = 'purge'`;
      await sql`select public.pause_slot('purge', 'moving house')`;
      expect(await check(sql, 'slot', 'purge')).toMatchObject({ status: 'insufficient' });
    }),
  );

  it(
    'slot: says how many were missed lately',
    rolledBack(async (sql) => {
      await sql`update public.schedule_slots set active_since = now() - interval '3 days'`;
      await sql`select internal.reconcile()`;
      const rows =
        await sql`select sum((figures ->> 'missed_7_days')::int)::int as missed from public.vw_run_health where check_name = 'slot'`;
      expect(rows[0].missed).toBeGreaterThan(0);
      const [{ next }] =
        await sql`select min(next_due_at) > now() - interval '16 minutes' as next from public.schedule_slots`;
      expect(next).toBe(true);
    }),
  );

  it(
    'queue: failing when jobs wait and none is claimed, not when they wait behind others',
    rolledBack(async (sql) => {
      const run = await addRun(sql);
      await addJob(sql, run);
      await addJob(sql, run);
      expect(await status(sql, 'queue')).toBe('ok');
      await sql`update public.jobs set run_after = now() - interval '16 minutes'`;
      const row = await check(sql, 'queue');
      expect([row.status, row.sentence]).toEqual([
        'failing',
        '2 jobs wait, the oldest for 16 minutes, 0 back off, 0 run; max_workers is 2; claimed none in a quarter of an hour: forecast-worker',
      ]);
      await sql`select public.dispatch_workers()`;
      const [{ request }] = await sql`select min(id)::integer as request from public.worker_requests`;
      await claim(sql, 'validate_window', request);
      expect(await check(sql, 'queue')).toMatchObject({
        status: 'ok',
        figures: { max_workers: 2, max_workers_cap: 8, workers_under_way: 2 },
      });
      // Claims of one function say nothing of another.
      await addJob(sql, run, 'check_divergence');
      await sql`update public.jobs set run_after = now() - interval '16 minutes' where kind = 'check_divergence'`;
      expect(await check(sql, 'queue')).toMatchObject({
        status: 'failing',
        figures: { unclaimed: ['check-divergence'] },
      });
    }),
  );

  it(
    'dead_jobs: failing for a day after one died, with its reason',
    rolledBack(async (sql) => {
      expect(await status(sql, 'dead_jobs')).toBe('ok');
      await addJob(sql, await addRun(sql));
      const job = (await claim(sql))!;
      await sql`select public.fail_job(${job.id}, ${job.lease_token}, 'too_few_bars', 'SPY has 3', false)`;
      const row = await check(sql, 'dead_jobs');
      expect(row.status).toBe('failing');
      expect(row.sentence).toContain('too_few_bars: SPY has 3');
      await sql`update public.jobs set finished_at = now() - interval '25 hours'`;
      expect(await status(sql, 'dead_jobs')).toBe('ok');
    }),
  );

  it(
    'leases: failing when one ran out and nobody revived its job',
    rolledBack(async (sql) => {
      await addJob(sql, await addRun(sql));
      await claim(sql);
      await sql`update public.jobs set lease_until = now() - interval '9 minutes'`;
      expect(await status(sql, 'leases')).toBe('ok');
      await sql`update public.jobs set lease_until = now() - interval '11 minutes'`;
      expect(await status(sql, 'leases')).toBe('failing');
      await sql`select internal.reconcile()`;
      expect(await status(sql, 'leases')).toBe('ok');
    }),
  );

  it(
    'workers: failing when they are asked for, jobs wait, and none claims',
    rolledBack(async (sql) => {
      expect(await status(sql, 'workers')).toBe('insufficient');
      await addJob(sql, await addRun(sql));
      // Nobody asked for any: that they come is not known.
      expect(await status(sql, 'workers')).toBe('insufficient');
      await sql`select public.dispatch_workers()`;
      expect(await status(sql, 'workers')).toBe('ok');
      await sql`update public.worker_requests set requested_at = now() - interval '3 minutes'`;
      expect(await status(sql, 'workers')).toBe('failing');
      await sql`update public.worker_requests set claimed_at = now() - interval '2 minutes'`;
      expect(await status(sql, 'workers')).toBe('ok');
    }),
  );

  it(
    'requests: failing when the last answer was none or an error, in pg_net\u2019s words',
    rolledBack(async (sql) => {
      expect(await status(sql, 'requests')).toBe('insufficient');
      await addJob(sql, await addRun(sql));
      const answer = async (code: number | null, error: string | null, minutes: number) => {
        await sql`insert into public.worker_requests (function_name, net_request_id, requested_at, response_status, response_error)
          values ('forecast-worker', 1, now() - make_interval(mins => ${minutes}), ${code}, ${error})`;
      };
      await answer(200, null, 30);
      expect(await status(sql, 'requests')).toBe('ok');
      await answer(401, null, 20);
      expect((await check(sql, 'requests')).sentence).toContain('the latest: forecast-worker: status 401');
      expect(await status(sql, 'requests')).toBe('failing');
      await answer(200, null, 10);
      expect(await status(sql, 'requests')).toBe('ok');
      // One function's answer says nothing of another's.
      await sql`insert into public.worker_requests (function_name, net_request_id, requested_at, response_status)
        values ('ingest-bars', 1, now() - interval '15 minutes', 404)`;
      expect(await status(sql, 'requests')).toBe('failing');
      await sql`delete from public.worker_requests where function_name = 'ingest-bars'`;
      await sql`delete from vault.secrets`;
      await sql`select public.dispatch_workers()`;
      const row = await check(sql, 'requests');
      expect(row.status).toBe('failing');
      expect(row.sentence).toContain('missing in Vault');
    }),
  );

  it(
    'nothing is scheduled, missed or alerted before Vault has project_url, and all begins with the next tick',
    rolledBack(async (sql) => {
      await sql`delete from vault.secrets`;
      await sql`delete from public.cron_ticks`;
      await sql`update public.schedule_slots set active_since = now() - interval '6 days'`;
      const tickAll = () => sql`
        select internal.tick_job(t.job) from public.schedule_ticks t
        union all select to_jsonb(internal.tick_slot(s.slot)) from public.schedule_slots s`;
      await tickAll();
      const left = () => sql`
        select 'tick' as what from public.cron_ticks union all select r.status from public.slot_runs r
        union all select 'alert' from public.error_alerts union all select 'run' from public.runs`;
      expect(await left()).toHaveLength(0);
      expect(await check(sql, 'configuration')).toMatchObject({
        status: 'insufficient',
        sentence: expect.stringContaining('not configured: Vault has no project_url'),
      });
      expect(await sql`select from public.vw_run_health where status = 'failing'`).toHaveLength(0);

      await sql`select public.write_secrets('{"project_url": "http://functions.test"}', 'Ada')`;
      await tickAll();
      const begun = new Set((await left()).map(({ what }) => what));
      expect(begun).toContain('tick');
      expect(begun).not.toContain('missed');
      expect(begun).not.toContain('alert');
      expect(await status(sql, 'configuration')).toBe('ok');
      await sql`delete from vault.secrets`;
      expect(await status(sql, 'configuration')).toBe('failing');
    }),
  );

  it(
    'forecasts and bars: failing when the last session\u2019s are not there, and by how many sessions',
    rolledBack(async (sql) => {
      expect(await status(sql, 'forecasts', '1D')).toBe('insufficient');
      await addEnsemble(sql);
      expect(await status(sql, 'forecasts', '1D')).toBe('insufficient');
      const session = await dueSession(sql);
      const [{ before }] = await sql`
        select max(d)::date::text as before from generate_series(${session}::timestamp - interval '10 days', ${session}::timestamp - interval '1 day', '1 day') d
        where internal.is_session(d::date)`;
      await addBars(sql, 'SPY', before);
      expect((await check(sql, 'bars', '1D')).sentence).toBe(
        `1 of 1 symbols lack the session of ${session}; SPY is 1 sessions behind`,
      );
      expect(await check(sql, 'forecasts', '1D')).toMatchObject({
        status: 'failing',
        figures: { missing: ['SPY candidate (bar_missing)'] },
      });
      await addBars(sql, 'SPY', session, 1);
      expect(await status(sql, 'bars', '1D')).toBe('ok');
      expect(await check(sql, 'forecasts', '1D')).toMatchObject({
        figures: { missing: ['SPY candidate (forecast_missing)'] },
      });
      await addForecast(sql, 'SPY', session);
      expect(await status(sql, 'forecasts', '1D')).toBe('ok');
      await sql`select public.change_setting('publishing_enabled', 'false')`;
      expect(await status(sql, 'forecasts', '1D')).toBe('insufficient');
      expect(await status(sql, 'publishing')).toBe('failing');
    }),
  );

  it(
    'forecasts: a closure that was announced expects none',
    rolledBack(async (sql) => {
      await addEnsemble(sql);
      const session = await dueSession(sql);
      await sql`delete from public.calendar_exceptions where session_date = ${session}`;
      await sql`select public.announce_closure(${session}, 'Storm')`;
      expect((await dueSession(sql)) < session).toBe(true);
    }),
  );

  it(
    'forecasts: half sessions are expected from the session\u2019s last bar, and no 8h from a half day\u2019s close',
    rolledBack(async (sql) => {
      await addEnsemble(sql);
      await sql`update public.symbols set horizons = '{1D,4h,8h}' where symbol = 'SPY'`;
      const session = await dueSession(sql);
      const expected = () => sql`
        select horizon, to_char(expected_cutoff at time zone 'America/New_York', 'HH24:MI') as at from public.vw_forecast_presence
        where symbol = 'SPY' and horizon <> '1D' order by 1`;
      await sql`delete from public.calendar_exceptions where session_date = ${session}`;
      expect([...(await expected())]).toEqual([
        { horizon: '4h', at: '13:30' },
        { horizon: '8h', at: '09:30' },
      ]);
      await sql`select public.announce_closure(${session}, 'Storm', 'half_day')`;
      expect([...(await expected())]).toEqual([{ horizon: '4h', at: '09:30' }]);
    }),
  );

  it(
    'forecasts and bars: each series by its own newest bar, twenty of what is missing by name, the furthest behind as such',
    rolledBack(async (sql) => {
      await addEnsemble(sql);
      const session = await dueSession(sql);
      await sql`delete from public.calendar_exceptions where session_date = ${session}`;
      await sql`update public.symbols set active = false`;
      await sql`insert into public.symbols (symbol) select 'M' || to_char(i, 'FM00') from generate_series(1, 25) i`;
      const day = (days: number) =>
        new Date(Date.parse(`${session}T00:00:00Z`) - days * 86_400_000).toISOString().slice(0, 10);
      for (const [symbol, last] of [
        ['M01', session],
        ['M02', session],
        ['M03', session],
        ['M05', day(7)],
        ['M06', day(14)],
      ])
        await addBars(sql, symbol, last);
      await addForecast(sql, 'M01', session);
      await addForecast(sql, 'M02', day(1));
      // Of another configuration.
      const other = await addForecast(sql, 'M03', session);
      await sql`update public.forecasts set config_hash = '1111111111111111' where id = ${other}`;
      const presence = await sql`
        select symbol, state, newest_bar::date::text as bar, forecast_id is not null and issued_at is not null as there
        from public.vw_forecast_presence where symbol < 'M07' order by 1`;
      expect(presence.map((row) => Object.values(row))).toEqual([
        ['M01', 'there', session, true],
        ['M02', 'forecast_missing', session, false],
        ['M03', 'forecast_missing', session, false],
        ['M04', 'no_bars', null, false],
        ['M05', 'bar_missing', day(7), false],
        ['M06', 'bar_missing', day(14), false],
      ]);
      expect(await check(sql, 'forecasts', '1D')).toMatchObject({
        sentence: `1 of 5 forecasts of the session of ${session} are there; missing: M02 candidate (forecast_missing), M03 candidate (forecast_missing), M05 candidate (bar_missing), M06 candidate (bar_missing)`,
        figures: { expected: 5, there: 1, without_bars: 20 },
      });
      expect(await check(sql, 'bars', '1D')).toMatchObject({
        sentence: expect.stringMatching(
          /^2 of 5 symbols lack the session of .*; M06 is (8|9|10) sessions behind$/,
        ),
        figures: { symbols: 5, symbols_behind: 2, of: 'M06' },
      });

      for (let i = 7; i <= 25; i++) await addBars(sql, `M${String(i).padStart(2, '0')}`, session);
      const { sentence, figures } = await check(sql, 'forecasts', '1D');
      expect(figures.missing).toHaveLength(20);
      expect(sentence).toMatch(/^1 of 24 .*, M22 candidate \(forecast_missing\) and 3 more$/);
    }),
  );

  it(
    'forecasts and bars: by figures that a look at each series gives, whatever is registered, rolled out, stored and forecast',
    rolledBack(async (sql) => {
      const session = await addRegistry(sql);
      const states = new Set<string>();
      // Every change, before a rollout and beside one.
      for (const change of [...CHANGES, ...ROLLOUT, ...CHANGES]) {
        await sql.unsafe(change);
        const [{ plain, found }] = await sql<{ plain: Record<string, unknown>[]; found: unknown }[]>`
          with series as materialized (
            select a.symbol, a.horizon, a.ensemble, a.symbol_id, (select s.stage from public.symbols s where s.id = a.symbol_id) as stage,
              o.session_date, o.expected_cutoff,
              (select b.last_bar_time from public.bar_series b where b.symbol_id = a.symbol_id and b.timeframe = a.horizon) as newest_bar,
              (select e.config_hash from public.ensembles e where e.ensemble = a.ensemble) as config_hash
            from public.vw_ensemble_assignments a
            join (select h.horizon, ${session}::date as session_date, h.cutoff as expected_cutoff from pg_temp.origin h) o on o.horizon = a.horizon
            where a.is_listed and a.is_planned
          )
          select jsonb_agg(to_jsonb(x) order by x.symbol, x.horizon, x.ensemble) as plain, (
            select jsonb_agg(to_jsonb(p) order by p.symbol, p.horizon, p.ensemble) from public.vw_forecast_presence p) as found
          from (
            select s.symbol, s.stage, s.horizon, s.ensemble, s.session_date, s.expected_cutoff, s.newest_bar, f.id as forecast_id, f.issued_at, 'XNYS' as calendar,
              case when f.id is not null then 'there' when s.newest_bar is null then 'no_bars'
                when s.newest_bar < s.expected_cutoff then 'bar_missing' else 'forecast_missing' end as state
            from series s
            left join public.forecasts f on (f.symbol_id, f.horizon, f.ensemble, f.config_hash, f.data_cutoff)
              = (s.symbol_id, s.horizon, s.ensemble, s.config_hash, s.expected_cutoff)
          ) x`;
        expect(found).toEqual(plain);
        for (const { state } of plain ?? []) states.add(state as string);
        const figures = await sql`
          select horizon, count(distinct symbol) filter (where newest_bar is not null)::integer as symbols,
            count(distinct symbol) filter (where newest_bar < expected_cutoff)::integer as symbols_behind,
            count(*) filter (where state <> 'no_bars')::integer as expected, count(*) filter (where state = 'there')::integer as there,
            count(*) filter (where state = 'no_bars')::integer as without_bars, max(issued_at) as last_good_at, max(newest_bar) as newest_bar,
            coalesce((array_agg(format('%s %s (%s)', symbol, ensemble, state) order by symbol, ensemble)
              filter (where state in ('bar_missing', 'forecast_missing')))[:20], '{}') as missing
          from public.vw_forecast_presence group by horizon`;
        for (const { horizon, newest_bar, last_good_at, ...counted } of figures) {
          const { figures: ofBars, last_good_at: newest } = await check(sql, 'bars', horizon);
          const { figures: ofForecasts, last_good_at: issued } = await check(sql, 'forecasts', horizon);
          expect({ ...ofBars, ...ofForecasts }).toMatchObject(counted);
          expect([newest, issued]).toEqual([newest_bar, last_good_at]);
        }
      }
      expect([...states].sort()).toEqual(['bar_missing', 'forecast_missing', 'no_bars', 'there']);
    }),
  );

  it(
    'bars: of half a session the other half is still missing',
    rolledBack(async (sql) => {
      await addEnsemble(sql);
      await sql`update public.symbols set horizons = '{4h}' where symbol = 'SPY'`;
      const session = await dueSession(sql);
      await sql`delete from public.calendar_exceptions where session_date = ${session}`;
      const add = (time: string) => sql`
        insert into public.bars (symbol_id, timeframe, bar_time, open, high, low, close, provider, feed, adjustment)
        select id, '4h', internal.new_york_time(${session}, ${time}), 1, 1, 1, 1, 'csv', 'file', 'all' from public.symbols where symbol = 'SPY'`;
      await add('09:30');
      expect(await status(sql, 'bars', '4h')).toBe('failing');
      await add('13:30');
      expect(await status(sql, 'bars', '4h')).toBe('ok');
    }),
  );

  it(
    'calendar: failing when it ends within a year',
    rolledBack(async (sql) => {
      expect(await status(sql, 'calendar')).toBe('ok');
      await sql`update public.calendars set known_until = current_date + 300 where name = 'XNYS'`;
      expect(await status(sql, 'calendar')).toBe('failing');
    }),
  );

  it(
    'alerts: failing when one of the last day was refused, may not have arrived, or waits too long',
    rolledBack(async (sql) => {
      expect(await status(sql, 'alerts')).toBe('insufficient');
      await sql`select internal.add_rollout_event(null, 'kill_switch_on', 'Ada', 'why')`;
      await sql`select internal.deliver_alerts()`;
      const skipped = await check(sql, 'alerts');
      expect(skipped).toMatchObject({ status: 'insufficient', figures: { skipped_24_hours: 1, waiting: 0 } });
      expect(skipped.sentence).toContain(
        '1 were skipped; 0 wait; the latest: Vault has no alert_webhook_url',
      );
      const becomes = (state: string, reason: string | null) => sql`
        update public.alert_deliveries set status = ${state}, reason = ${reason}, delivered_at = case when ${state} = 'delivered' then now() end`;
      await becomes('delivered', null);
      expect(await status(sql, 'alerts')).toBe('ok');
      for (const state of ['failed', 'unknown']) {
        await becomes(state, 'a reason');
        expect(await check(sql, 'alerts')).toMatchObject({ status: 'failing' });
      }
      await becomes('waiting', null);
      expect(await status(sql, 'alerts')).toBe('insufficient');
      await sql`update public.alert_deliveries set created_at = now() - interval '31 minutes'`;
      expect(await status(sql, 'alerts')).toBe('failing');
      await becomes('failed', 'a reason');
      await sql`update public.alert_deliveries set created_at = now() - interval '25 hours'`;
      expect(await status(sql, 'alerts')).toBe('insufficient');
    }),
  );

  it(
    'restatements: who waits for a forecast from the new bars, and since when; failing when that takes too long',
    rolledBack(async (sql) => {
      await addEnsemble(sql);
      const dates = await addBars(sql, 'SPY', '2026-07-10', 5);
      await addBars(sql, 'AAPL', '2026-07-10', 5);
      const last = dates.at(-1)!;
      await sql`update public.bars set ingested_at = now() - interval '1 day'`;
      await addForecast(sql, 'SPY', last);
      expect(await check(sql, 'restatements')).toMatchObject({
        status: 'insufficient',
        figures: { restated_7_days: 0 },
      });
      await sql`update public.bars set close = 0.99, low = 0.99`;
      // AAPL had no forecast, and waits for none.
      expect(await check(sql, 'restatements')).toMatchObject({
        status: 'ok',
        figures: { restated_7_days: 2, waiting: 1, first: ['SPY 1D'] },
        sentence:
          'of 2 series that were restated in 7 days 1 waits for a forecast from the new bars, since 0 min: SPY 1D',
      });
      await sql`update public.bar_series set restated_at = now() - interval '2 hours'`;
      await sql`update public.forecasts set issued_at = now() - interval '3 hours'`;
      expect(await status(sql, 'restatements')).toBe('failing');
      await sql`update public.forecasts set issued_at = now()`;
      expect(await check(sql, 'restatements')).toMatchObject({
        status: 'ok',
        figures: { waiting: 0, since: null },
      });
      await sql`update public.settings set value = 'false' where name = 'publishing_enabled'`;
      expect(await status(sql, 'restatements')).toBe('insufficient');
    }),
  );

  it(
    'gaps: failing when a missing bar was noticed within a week, whatever way the bars came',
    rolledBack(async (sql) => {
      expect(await status(sql, 'gaps')).toBe('insufficient');
      await addBars(sql, 'SPY', '2026-07-10', 12);
      expect(await check(sql, 'gaps')).toMatchObject({
        status: 'ok',
        sentence: 'no series lacks a bar that its calendar has',
      });
      await sql`delete from public.bars where bar_time = '2026-07-08Z'`;
      expect(await check(sql, 'gaps')).toMatchObject({
        status: 'failing',
        figures: { bars: 1, series: 1, noticed_7_days: 1, newest: 'SPY 1D of 2026-07-08' },
        sentence:
          'bars that calendars have and series lack (bar_gaps): 1, in 1 series, 1 of them noticed in 7 days; the newest: SPY 1D of 2026-07-08',
      });
      await sql`update public.bar_gaps set noticed_at = now() - interval '8 days'`;
      expect(await status(sql, 'gaps')).toBe('ok');
      await sql`update public.symbols set active = false where symbol = 'SPY'`;
      expect(await status(sql, 'gaps')).toBe('insufficient');
    }),
  );

  it(
    'covariates: failing while one is late, and no more once it seems to have ended',
    rolledBack(async (sql) => {
      const named = { ...defaultConfiguration, covariates: [{ symbol: 'VIX', measure: 'level' }] };
      await sql`select public.seed_ensemble('candidate', ${sql.json(named as never)}, ${HASH})`;
      expect(await check(sql, 'covariates', 'VIX')).toMatchObject({
        status: 'insufficient',
        sentence:
          'VIX is named as a covariate (candidate) and has no daily bars: forecasts are made without it',
      });
      await addBars(sql, 'SPY', '2026-07-10', 1);
      const session = await dueSession(sql);
      const [{ dates }] = await sql`
        select array_agg(d.session_date::text order by d.session_date desc) as dates
        from internal.calendar_days('XNYS', ${session}::date - 20, ${session}::date) d where d.closes_at is not null`;
      await sql`select public.register_covariate('VIX', 'level')`;
      const seen: string[] = [];
      for (const behind of [6, 5, 1, 0]) {
        await addBars(sql, 'VIX', dates[behind], 1);
        const { status: found, figures } = await check(sql, 'covariates', 'VIX');
        seen.push(`${figures.sessions_behind} ${found}`);
      }
      expect(seen).toEqual(['6 insufficient', '5 failing', '1 failing', '0 ok']);
      expect((await check(sql, 'covariates', 'VIX')).sentence).toBe(
        `the covariate VIX has the session of ${session}`,
      );
    }),
  );
});
