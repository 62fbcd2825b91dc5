-- What the simulated worker answers a claimed job with, and what the simulated provider has.

-- Bars of a symbol and timeframe as ingest_bars takes them: the last five that ended 20 minutes ago, and all that are not stored.
create function simulated.bars_now(p_symbol text, p_timeframe text) returns jsonb
language sql stable
as $$
  select coalesce(jsonb_agg(jsonb_build_array(b.bar_time, x.open, greatest(x.open, x.close) * 1.004, least(x.open, x.close) * 0.996, x.close,
    1000000 + b.n) order by b.n), '[]')
  from simulated.subject s
  cross join lateral (
    select l.n from simulated.bar l where l.horizon = p_timeframe and l.ends_at <= now() - interval '20 minutes' order by l.n desc limit 1
  ) latest
  cross join lateral (
    select coalesce(max(e.n), 0) as n
    from simulated.bar e
    where e.horizon = p_timeframe and e.bar_time = (
      select max(o.bar_time) from public.bars o where o.symbol_id = s.symbol_id and o.timeframe = p_timeframe)
  ) stored
  join simulated.bar b on b.horizon = p_timeframe and b.n between least(stored.n + 1, latest.n - 4) and latest.n
  cross join lateral (
    select simulated.price(s.place, b.n) as close, simulated.price(s.place, b.n - 1) as open
  ) x
  where s.symbol = p_symbol
$$;

-- The result of a job as claim_job gives it.
create function simulated.result(p_job jsonb) returns jsonb
language plpgsql stable
as $$
declare
  v_payload jsonb := p_job -> 'payload';
  v_subject simulated.subject;
  v_ensemble public.ensembles;
  v_bar simulated.bar;
  v_close double precision;
  v_forecast jsonb;
  v_window simulated.window_rows;
begin
  select * into v_subject from simulated.subject s where s.symbol = v_payload ->> 'symbol';
  v_ensemble.ensemble := v_payload ->> 'ensemble';
  v_ensemble.config_hash := p_job ->> 'config_hash';
  case p_job ->> 'kind'
    when 'forecast' then
      select * into strict v_bar from simulated.bar b where b.horizon = v_payload ->> 'horizon' and b.n = (v_payload ->> 'last_bar')::integer;
      select b.close into strict v_close from public.bars b
      where b.symbol_id = v_subject.symbol_id and b.timeframe = v_bar.horizon and b.bar_time = v_bar.bar_time;
      v_forecast := to_jsonb(simulated.forecast(v_subject.symbol_id, v_subject.symbol, v_bar.horizon, v_ensemble, v_bar.bar_time, v_bar.target_time,
        v_close, now(), v_subject.place * 31 + v_bar.n * 7 + (v_ensemble.ensemble = 'candidate')::integer))
        || jsonb_build_object('quantile_levels', (select to_jsonb(t.levels) from simulated.template t limit 1));
      return jsonb_build_object('forecast', v_forecast, 'weights', null, 'artifact', jsonb_build_object('symbol', v_subject.symbol,
        'horizon', v_bar.horizon, 'ensemble', v_ensemble.ensemble, 'config_hash', v_ensemble.config_hash,
        'code_version', v_forecast ->> 'code_version', 'data_cutoff', v_bar.bar_time, 'hyperparameters', '{"members": {}, "mean_factor": 0}'::jsonb,
        'state', (select a.state from simulated.artifact_state a where a.k = v_bar.n % 16)));
    when 'validate_window' then
      v_window := simulated.window(v_subject.symbol_id, v_subject.symbol, v_payload ->> 'horizon', v_ensemble, (v_payload ->> 'window_id')::integer,
        now(), false);
      return jsonb_build_object('metrics', to_jsonb(v_window.metrics), 'tests', to_jsonb(v_window.tests));
    when 'check_divergence' then
      return '{"open": [], "resolve": []}';
    when 'ingest' then
      return jsonb_build_object('whole', false, 'requests', 1, 'gaps', '[]'::jsonb, 'from', now() - interval '7 days',
        'bars', simulated.bars_now(v_payload ->> 'symbol', v_payload ->> 'timeframe'));
    when 'evaluate_rollout' then
      return jsonb_build_object('evidence_at', now(), 'verdict', 'insufficient', 'status_line', 'all in all: insufficient', 'criteria', (
          select jsonb_agg(jsonb_build_object('criterion', c.name, 'verdict', case c.name when 'duration' then 'insufficient' else 'pass' end,
            'n', 5, 'figures', '{"ratio": 1.002, "lower": 0.98, "upper": 1.03}'::jsonb, 'sentence', format('%s: as it should be.', c.name),
            'bars_needed', null))
          from unnest('{duration, forecast_coverage, divergence, rmse, crps, errors, database_health, interval_coverage, tests, approvals}'::text[])
            c(name)),
        'triggers', '[]'::jsonb, 'code_version', (select t.code_version from simulated.template t limit 1));
  end case;
end
$$;

-- Completes a claimed job with its result, and says how many milliseconds that took.
create function simulated.complete(p_job jsonb) returns double precision
language plpgsql
as $$
declare
  v_result jsonb := simulated.result(p_job);
  v_began timestamptz := clock_timestamp();
begin
  perform public.complete_job((p_job ->> 'id')::bigint, (p_job ->> 'lease_token')::uuid, v_result);
  return 1000 * extract(epoch from clock_timestamp() - v_began);
end
$$;

-- Ticks of the minutes between two times, as if nothing had been due in them: the simulation performs the others.
create function simulated.tick_quietly(p_since timestamptz, p_until timestamptz) returns void
language sql
as $$
  insert into public.cron_ticks (job, ticked_at, result)
  select t.job, m.minute, '{"planned": 0}'
  from public.schedule_ticks t
  cross join generate_series(date_trunc('minute', p_since, 'UTC') + interval '1 minute', p_until - interval '1 minute', interval '1 minute') m(minute)
  cross join lateral (select extract(epoch from t.every)::integer / 60 as minutes) e
  -- 2-57/5: every five minutes from the second one on.
  where t.minutes = '*' or extract(minute from m.minute)::integer % e.minutes = substring(t.minutes from '^[0-9]+')::integer % e.minutes
  on conflict (job, ticked_at) do nothing;
  insert into cron.job_run_details (jobid, database, username, command, status, return_message, start_time, end_time)
  select j.jobid, j.database, j.username, j.command, 'succeeded', '1 row', c.ticked_at, c.ticked_at + interval '50 milliseconds'
  from public.cron_ticks c
  join cron.job j on j.jobname = 'plumbline-' || c.job
  where c.ticked_at > p_since and c.ticked_at < p_until
$$;
