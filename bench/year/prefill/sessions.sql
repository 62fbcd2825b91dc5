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

insert into public.runs (id, kind, ensemble, status, idempotency_key, requested_via, params, configuration, config_hash, code_version, data_cutoff,
  jobs_total, jobs_done, created_at, started_at, finished_at)
select r.run_id, r.kind, r.ensemble, 'succeeded', r.key, 'schedule', jsonb_strip_nulls(jsonb_build_object('symbols', jsonb_build_array(r.symbol),
    'horizon', r.horizon, 'windows', to_jsonb(r.windows))), e.configuration, r.config_hash, p.code_version, r.cutoff, j.jobs, j.jobs,
  r.created_at, r.created_at + interval '20 seconds', r.finished_at
from pg_temp.of_symbols r
join public.ensembles e on e.ensemble = r.ensemble
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
    select b.n from simulated.bar b where b.horizon = r.horizon and b.is_origin order by b.n desc limit 2) x);

insert into public.forecasts (symbol_id, symbol, horizon, ensemble, config_hash, code_version, data_cutoff, target_time, issued_at, last_close,
  forecast_return, forecast_price, scale, probability_up, lower_50, upper_50, lower_80, upper_80, lower_90, upper_90, lower_95, upper_95,
  quantile_levels, return_quantiles, members, artifact_id, run_id, direction, confidence, direction_thresholds, agreement, mean_spread, scale_ratio,
  drivers, quality_notes)
select r.symbol_id, r.symbol, r.horizon, r.ensemble, r.config_hash, p.code_version, r.cutoff, b.target_time, r.finished_at, c.close,
  t.mean, c.close * exp(t.quantiles[100]), t.scale, u.up, c.close * exp(t.quantiles[50]), c.close * exp(t.quantiles[150]),
  c.close * exp(t.quantiles[20]), c.close * exp(t.quantiles[180]), c.close * exp(t.quantiles[10]), c.close * exp(t.quantiles[190]),
  c.close * exp(t.quantiles[5]), c.close * exp(t.quantiles[195]), l.quantile_levels, t.quantiles, m.members, a.id, r.run_id,
  case when u.up >= 0.55 then 'bullish' when u.up <= 0.45 then 'bearish' else 'neutral' end, greatest(u.up, 1 - u.up),
  '{"bullish": 0.55, "bearish": 0.45}', 1, 0.0003, 1.1,
  jsonb_build_array(jsonb_build_object('code', 'volatility', 'sentence', 'The expected move is 1.04 times what the last 60 sessions had.',
    'figures', jsonb_build_object('ratio', 1.04, 'sessions', 60))), '[]'
from pg_temp.of_symbols r
join simulated.bar b on b.horizon = r.horizon and b.n = r.n
join public.bars c on c.symbol_id = r.symbol_id and c.timeframe = r.horizon and c.bar_time = r.cutoff
join simulated.template t on t.k = r.template
cross join simulated.levels l
cross join simulated.plan p
cross join lateral (select 1 / (1 + exp(-t.mean / (0.55 * t.scale))) as up) u
join (
  select e.ensemble, jsonb_agg(jsonb_build_object('name', w.key, 'weight', w.value, 'mean', 0.000412345678, 'scale', 0.0112345678,
    'probability_up', 0.5123456, 'direction', 'neutral', 'mean_contribution', 0.000212345678, 'scale_contribution', 0.0056123456,
    'hyperparameters', coalesce(e.configuration #> array['grids', w.key, '0'], '{}'))) as members
  from public.ensembles e cross join jsonb_each(e.configuration -> 'weights') w
  group by e.ensemble
) m on m.ensemble = r.ensemble
left join public.artifacts a on (a.symbol_id, a.horizon, a.ensemble, a.config_hash, a.code_version, a.data_cutoff)
  = (r.symbol_id, r.horizon, r.ensemble, r.config_hash, p.code_version, r.cutoff)
where r.kind = 'forecast'
order by r.finished_at, r.place;

-- A window that a later week meets again was validated already.
with stored as (
  insert into public.ensemble_validation_metrics (symbol_id, symbol, horizon, validation_date, window_id, train_rmse, val_rmse, test_rmse,
    divergence, is_overfitting, model_count, models_used, n_train_samples, n_val_samples, n_test_samples, data_span_days, hyperparameters,
    directional_accuracy, mean_absolute_error, trained_at, created_at, updated_at)
  select r.symbol_id, r.symbol, r.horizon, r.finished_at, w.last_bar, 0.0105, 0.011, 0.0112, d.divergence, d.divergence > 0.2,
    case r.ensemble when 'candidate' then 2 else 4 end,
    case r.ensemble when 'candidate' then array['LSTM', 'ARIMA_GARCH'] else array['LSTM', 'ARIMA_GARCH', 'GB', 'TRANSFORMER'] end,
    z.train, z.validation, z.test, 1500, jsonb_build_object('ensemble', r.ensemble, 'config_hash', r.config_hash, 'mean_factor', 0, 'members',
      jsonb_build_object('LSTM', jsonb_build_object('hiddenUnits', 32, 'lookback', 20, 'learningRate', 0.01, 'dropout', 0, 'epochs', 8))),
    0.5, 0.008, r.finished_at, r.finished_at, r.finished_at
  from pg_temp.of_symbols r
  join simulated.size z on z.horizon = r.horizon
  cross join unnest(r.windows) w(last_bar)
  -- One window in 60 diverges, and none that could be the latest of its symbol.
  cross join lateral (
    select case when w.last_bar <> r.n and (r.place * 13 + w.last_bar) % 60 = 0 then 0.22
      else 0.14 * ((hashint8extended(r.place * 1000003 + w.last_bar, 11) & 1023) / 1024.0) end as divergence
  ) d
  where r.kind = 'validation'
  order by r.finished_at, r.place
  on conflict (symbol, horizon, window_id, (hyperparameters ->> 'config_hash')) do nothing
  returning id, symbol_id, horizon, window_id, divergence, is_overfitting, hyperparameters ->> 'ensemble' as ensemble,
    hyperparameters ->> 'config_hash' as config_hash, created_at
)
insert into public.overfitting_tests (metrics_id, run_id, ensemble, config_hash, code_version, data_cutoff, first_bar_time, last_bar_time,
  benchmark_train_rmse, benchmark_val_rmse, benchmark_test_rmse, train_crps, val_crps, test_crps, benchmark_train_crps, benchmark_val_crps,
  benchmark_test_crps, rmse_divergence, crps_divergence, level, selection_gap, selection_gap_p, selection_gap_crps, selection_gap_crps_p,
  fit_optimism, fit_optimism_p, fit_optimism_crps, fit_optimism_crps_p, backtest_overfitting_probability, trials, implausible_skill,
  volatility_shift, raw_divergence, base_rate, coverage, verdict, reasons, created_at, updated_at, selection_bias, foresight_mean, foresight_scale)
select v.id, r.run_id, v.ensemble, v.config_hash, p.code_version, cutoff.bar_time, first.bar_time, last.bar_time,
  0.0105, 0.011, 0.0112, 0.0058, 0.006, 0.0061, 0.0058, 0.006, 0.0061, v.divergence, 0, case when v.is_overfitting then 'overfitting' else 'normal' end,
  0.02, 0.4, 0.02, 0.4, 0.01, 0.4, 0.01, 0.4, 0.25, 12, false, 1.02, 0.02, 0.52,
  '{"50": 0.5, "80": 0.8, "90": 0.9, "95": 0.95, "n": 250, "terciles": [{"50": 0.5, "90": 0.9}, {"50": 0.5, "90": 0.9}, {"50": 0.5, "90": 0.9}]}',
  case when v.is_overfitting then 'overfitting' else 'ok' end,
  case when v.is_overfitting then array['The divergence of 22 % is above its threshold of 20 %'] else '{}' end, v.created_at, v.created_at, 0.01, 0.02, 0.05
from stored v
join pg_temp.of_symbols r on r.kind = 'validation' and r.symbol_id = v.symbol_id and r.horizon = v.horizon and r.ensemble = v.ensemble
  and v.window_id = any (r.windows) and r.finished_at = v.created_at
join simulated.size z on z.horizon = v.horizon
join simulated.bar last on last.horizon = v.horizon and last.n = v.window_id
join simulated.bar cutoff on cutoff.horizon = v.horizon and cutoff.n = v.window_id - z.test
join simulated.bar first on first.horizon = v.horizon and first.n = v.window_id - z.train - z.validation - z.test + 1
cross join simulated.plan p;

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
