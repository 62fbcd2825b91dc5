-- The sessions FIRST to LAST: their bars, and what the schedule makes of them. One session's rows stand side by side, as they came.
insert into public.bars (symbol_id, timeframe, bar_time, open, high, low, close, volume, provider, feed, adjustment, ingested_at)
select s.symbol_id, b.horizon, b.bar_time, x.open, greatest(x.open, x.noon, x.close) * 1.004, least(x.open, x.noon, x.close) * 0.996, x.close,
  case when b.horizon = '8h' and a.n is not null then 2000000 + h.n + a.n else 1000000 + coalesce(h.n, b.n) end,
  'alpaca', 'iex', 'all', b.stored_at
from simulated.bar b
cross join simulated.subject s
-- Of 8h: the first half that it ends with, and the afternoon before it.
left join simulated.bar h on b.horizon = '8h' and h.horizon = '4h' and h.bar_time = b.bar_time
left join simulated.bar a on a.horizon = '4h' and a.n = h.n - 1 and (a.bar_time at time zone 'America/New_York')::time = '13:30'
cross join lateral (
  select simulated.price(s.place, coalesce(h.n, b.n)) as close, simulated.price(s.place, coalesce(h.n, b.n) - 1) as noon,
    simulated.price(s.place, coalesce(a.n, h.n, b.n) - 1) as open
) x
where b.place between FIRST and LAST
order by b.ends_at, b.horizon, s.symbol_id;

-- Every run of the symbols in these sessions, under the keys that planning gives them.
create temporary table of_symbols on commit drop as
with ensemble as (
  select 'baseline' as ensemble, p.baseline_hash as config_hash, 0 as place from simulated.plan p
  union all
  select 'candidate', p.candidate_hash, 1 from simulated.plan p
), run as (
  select 'forecast' as kind, b.horizon, b.n, b.bar_time as cutoff, b.stored_at + interval '14 minutes' as created_at, null::date as date,
    b.place as session
  from simulated.bar b where b.is_origin and b.place between FIRST and LAST
  union all
  select 'divergence_check', z.horizon, null, null, internal.new_york_time(s.session_date, '07:00'), s.session_date, s.place
  from simulated.session s cross join simulated.size z where s.place between FIRST and LAST
  union all
  -- Once a week, on the latest bar.
  select 'validation', z.horizon, l.n, l.bar_time, s.close + interval '5 hours', null, s.place
  from simulated.session s
  cross join simulated.size z
  cross join lateral (
    select b.n, b.bar_time from simulated.bar b where b.horizon = z.horizon and b.ends_at <= s.close order by b.n desc limit 1
  ) l
  where s.place between FIRST and LAST
)
select r.*, s.place, s.symbol_id, s.symbol, e.ensemble, e.config_hash, k.key, md5(k.key)::uuid as run_id, v.windows,
  r.created_at + (1 + (s.place * 7 + e.place) % 20) * interval '1 minute' as finished_at,
  (s.place * 31 + coalesce(r.n, 0) * 7 + e.place) % 200 as template
from run r
cross join simulated.subject s
cross join ensemble e
join simulated.size z on z.horizon = r.horizon
cross join simulated.plan p
cross join lateral (
  select array_agg(r.n - w * z.step order by w) as windows
  from generate_series(0, p.windows - 1) w
  where r.kind = 'validation' and r.n - w * z.step >= z.train + z.validation + z.test - 1
) v
left join simulated.bar b on r.kind in ('forecast', 'validation') and b.horizon = r.horizon and b.n = r.n
cross join lateral (
  select case r.kind
    when 'forecast' then format('forecast:%s:%s:%s:%s:%s', s.symbol, r.horizon, e.ensemble, extract(epoch from b.stored_at), e.config_hash)
    when 'validation' then format('validation:%s:%s:%s:%s:%s:%s', s.symbol, r.horizon, e.ensemble, extract(epoch from b.stored_at),
      e.config_hash, array_to_string(v.windows, ','))
    else format('divergence_check:%s:%s:%s:%s:%s', s.symbol, r.horizon, e.ensemble, e.config_hash, r.date) end as key
) k
where (r.kind <> 'validation' or ((r.session + s.place) % 5 = 0 and v.windows is not null)) and r.created_at < p.at - interval '30 minutes';
analyze pg_temp.of_symbols;

insert into public.runs (id, kind, ensemble, status, idempotency_key, requested_via, params, config_hash, code_version, data_cutoff,
  jobs_total, jobs_done, created_at, started_at, finished_at)
select r.run_id, r.kind, r.ensemble, 'succeeded', r.key, 'schedule', jsonb_strip_nulls(jsonb_build_object('symbols', jsonb_build_array(r.symbol),
    'horizon', r.horizon, 'windows', to_jsonb(r.windows))), r.config_hash, p.code_version, r.cutoff, j.jobs, j.jobs,
  r.created_at, r.created_at + interval '20 seconds', r.finished_at
from pg_temp.of_symbols r
cross join simulated.plan p
cross join lateral (select coalesce(cardinality(r.windows), 0) + 1 as jobs) j
order by r.created_at, r.place;

insert into public.jobs (run_id, kind, idempotency_key, payload, priority, status, attempts, steps, progress, run_after, created_at, updated_at,
  finished_at)
select r.run_id, j.kind, format('%s:%s', r.run_id, j.key), jsonb_build_object('symbol', r.symbol, 'horizon', r.horizon, 'ensemble',
    r.ensemble, 'sizes', z.sizes, 'levels', l.levels) || j.more, k.priority, 'succeeded', 1, case k.kind when 'check_divergence' then 0 else 3 end, 1,
  r.created_at, r.created_at, r.finished_at, r.finished_at
from pg_temp.of_symbols r
join simulated.size z on z.horizon = r.horizon
cross join (select internal.setting('divergence_levels') as levels) l
cross join lateral (
  select 'forecast' as kind, 'forecast:' || r.symbol as key, jsonb_build_object('last_bar', r.n) as more where r.kind = 'forecast'
  union all
  select 'check_divergence', 'check_divergence:' || r.symbol, '{}' where r.kind = 'divergence_check'
  union all
  select 'check_divergence', 'check_divergence', '{}' where r.kind = 'validation'
  union all
  select 'validate_window', 'validate_window:' || w.last_bar, jsonb_build_object('window_id', w.last_bar) from unnest(r.windows) w(last_bar)
) j
join public.job_kinds k on k.kind = j.kind
order by r.created_at, r.place;

-- The two latest fits of each are kept.
insert into public.artifacts (symbol_id, horizon, ensemble, config_hash, code_version, data_cutoff, hyperparameters, state, run_id, trained_at)
select r.symbol_id, r.horizon, r.ensemble, r.config_hash, p.code_version, r.cutoff, '{"members": {}, "mean_factor": 0}', a.state, r.run_id, r.finished_at
from pg_temp.of_symbols r
cross join simulated.plan p
join simulated.artifact_state a on a.k = r.template % 16
where r.kind = 'forecast' and r.n >= (
  select min(x.n) from (
    select b.n from simulated.bar b where b.horizon = r.horizon and b.is_origin and b.place < p.sessions order by b.n desc limit 2) x);

insert into public.forecasts overriding system value
select f.*
from pg_temp.of_symbols r
join simulated.bar b on b.horizon = r.horizon and b.n = r.n
join public.bars c on c.symbol_id = r.symbol_id and c.timeframe = r.horizon and c.bar_time = r.cutoff
join public.ensembles e on e.ensemble = r.ensemble
cross join simulated.plan p
left join public.artifacts a on (a.symbol_id, a.horizon, a.ensemble, a.config_hash, a.code_version, a.data_cutoff)
  = (r.symbol_id, r.horizon, r.ensemble, r.config_hash, p.code_version, r.cutoff)
cross join lateral simulated.identified(simulated.forecast(r.symbol_id, r.symbol, r.horizon, e, r.cutoff, b.target_time, c.close, r.finished_at,
  r.template), a.id, r.run_id) f
where r.kind = 'forecast'
order by r.finished_at, r.place;

-- A window that a later week meets again was validated already.
create temporary table validated on commit drop as
select r.run_id, nextval(pg_get_serial_sequence('public.ensemble_validation_metrics', 'id')) as id, v.metrics, v.tests
from pg_temp.of_symbols r
join public.ensembles e on e.ensemble = r.ensemble
cross join unnest(r.windows) w(last_bar)
-- None diverges that could be the latest of its symbol.
cross join lateral simulated.window(r.symbol_id, r.symbol, r.horizon, e, w.last_bar, r.finished_at, w.last_bar <> r.n) v
where r.kind = 'validation'
order by r.finished_at, r.place;
insert into public.ensemble_validation_metrics overriding system value
select m.* from pg_temp.validated v
cross join lateral jsonb_populate_record(v.metrics, jsonb_build_object('id', v.id)) m
order by v.id
on conflict (symbol, horizon, window_id, (hyperparameters ->> 'config_hash')) do nothing;
insert into public.overfitting_tests
select t.* from pg_temp.validated v
join public.ensemble_validation_metrics m on m.id = v.id
cross join lateral jsonb_populate_record(v.tests, jsonb_build_object('metrics_id', v.id, 'run_id', v.run_id)) t
order by v.id;

-- The three ingestions of each session, a job a symbol and timeframe.
create temporary table ingestion on commit drop as
select k.key, md5(k.key)::uuid as run_id, i.at as created_at
from simulated.session s
cross join simulated.plan p
cross join lateral (
  values (internal.new_york_time(s.session_date, '13:55')), (s.close + interval '30 minutes'), (s.close + interval '4 hours 15 minutes')
) i(at)
cross join lateral (
  select format('ingestion:slot:%s:%s', s.session_date, to_char(i.at at time zone 'America/New_York', 'HH24:MI')) as key
) k
where s.place between FIRST and LAST and i.at < p.at - interval '30 minutes';
create temporary table ingested on commit drop as
select s.place, s.symbol, t.timeframe
from simulated.subject s
cross join (select distinct case z.horizon when '8h' then '4h' else z.horizon end as timeframe from simulated.size z) t;
insert into public.runs (id, kind, status, idempotency_key, requested_via, params, code_version, jobs_total, jobs_done, created_at, started_at, finished_at)
select i.run_id, 'ingestion', 'succeeded', i.key, 'schedule', jsonb_build_object('market_data', internal.setting('market_data')), p.code_version,
  c.jobs, c.jobs, i.created_at, i.created_at + interval '10 seconds', i.created_at + interval '5 minutes'
from pg_temp.ingestion i cross join simulated.plan p cross join (select count(*)::integer as jobs from pg_temp.ingested) c;
insert into public.jobs (run_id, kind, idempotency_key, payload, priority, status, attempts, max_attempts, steps, progress, run_after, created_at,
  updated_at, finished_at, result)
select i.run_id, 'ingest', format('%s:ingest:%s:%s', i.run_id, s.symbol, s.timeframe), jsonb_build_object('symbol', s.symbol, 'timeframe',
    s.timeframe, 'source', '{"provider": "alpaca", "feed": "iex", "adjustment": "all"}'::jsonb, 'first_date', null), 20, 'succeeded', 1, 8, 0, 1,
  i.created_at, i.created_at, i.created_at + interval '5 minutes', i.created_at + interval '5 minutes',
  '{"given": 5, "inserted": 1, "changed": 0, "whole": false, "gaps": 0, "requests": 1}'
from pg_temp.ingestion i cross join pg_temp.ingested s
order by i.created_at, s.place;
