create or replace function internal.plan_validations(p_symbol_ids bigint[], p_windows integer) returns integer
language plpgsql set search_path = ''
as $$
declare
  v_interval interval := make_interval(
    secs => 86400 * (internal.setting('validation_interval_days') #>> '{}')::double precision);
  v_latest integer := coalesce(p_windows, (internal.setting('validation_windows') #>> '{}')::integer);
  v_horizon text;
  v_timeframe text;
  v_payload jsonb;
  v_sizes jsonb;
  v_step integer;
  v_needed integer;
  v_runs jsonb;
  v_planned integer := 0;
begin
  for v_horizon in select h.name from jsonb_object_keys(internal.setting('window_sizes')) h(name) order by h.name loop
    v_timeframe := internal.timeframe_of(v_horizon);
    v_payload := internal.horizon_payload(v_horizon);
    v_sizes := internal.window_sizes(v_horizon);
    v_step := (v_sizes ->> 'step')::integer;
    v_needed := (v_sizes ->> 'train')::integer + (v_sizes ->> 'validation')::integer + (v_sizes ->> 'test')::integer;
    with subjects as materialized (
      select a.symbol_id, a.symbol, e.ensemble, e.config_hash, b.bars, b.last_bar_time, b.stored_at
      from public.vw_ensemble_assignments a
      join public.ensembles e on e.ensemble = a.ensemble
      join public.bar_series b on b.symbol_id = a.symbol_id and b.timeframe = v_timeframe
      where a.symbol_id = any (p_symbol_ids) and a.horizon = v_horizon and a.is_listed and a.is_planned
        -- On schedule a symbol is validated once an interval, and when nothing that was validated holds any more; asked for by number, at
        -- once.
        and (p_windows is not null
          or not exists (
            select from public.vw_valid_windows w
            where w.symbol_id = a.symbol_id and w.horizon = v_horizon and w.config_hash = e.config_hash)
          or not exists (
            select from public.runs r
            where r.kind = 'validation' and r.params -> 'symbols' ->> 0 = a.symbol and r.params ->> 'horizon' = v_horizon
              and r.created_at > now() - v_interval and r.status <> 'failed' and r.ensemble = e.ensemble
              and r.config_hash = e.config_hash))
    ), wanted as (
      -- The latest window ends with the latest bar; each earlier one a step before. Those already validated with this configuration on
      -- bars that have not changed since, and those that wait in the queue, are left out.
      select s.*, (
        select array_agg(w.last_bar order by w.last_bar desc)
        from (
          select s.bars - 1 - k * v_step as last_bar
          from generate_series(0, least(v_latest, s.bars) - 1) k
          where s.bars - k * v_step >= v_needed
        ) w
        where not exists (
            select from public.vw_valid_windows v
            where v.symbol_id = s.symbol_id and v.horizon = v_horizon and v.config_hash = s.config_hash and v.window_id = w.last_bar)
          and not exists (
            select from public.jobs j
            join public.runs r on r.id = j.run_id
            where j.kind = 'validate_window' and j.status in ('queued', 'running')
              and j.payload ->> 'symbol' = s.symbol and j.payload ->> 'horizon' = v_horizon
              and j.payload ->> 'window_id' = w.last_bar::text
              and r.ensemble = s.ensemble and r.config_hash = s.config_hash)) as windows
      from subjects s
    ), keyed as materialized (
      select w.*, format('validation:%s:%s:%s:%s:%s:%s', w.symbol, v_horizon, w.ensemble, extract(epoch from w.stored_at), w.config_hash,
        coalesce(array_to_string(w.windows, ','), 'none')) as key
      from wanted w
      where w.windows is not null or w.bars < v_needed
    ), due as materialized (
      select k.* from keyed k
      where k.key not in (select s.key from internal.settled_runs(array(select k.key from keyed k)) s(key))
    )
    select jsonb_agg(jsonb_build_object(
      'key', d.key, 'ensemble', d.ensemble, 'cutoff', d.last_bar_time,
      'code', case when d.windows is null then 'too_few_bars_for_window' end,
      'message', case when d.windows is null then format(
        '%s has %s bars for %s; one window needs %s (train %s, validation %s, test %s)', d.symbol, d.bars, v_horizon,
        v_needed, v_sizes ->> 'train', v_sizes ->> 'validation', v_sizes ->> 'test') end,
      'params', jsonb_build_object('symbols', jsonb_build_array(d.symbol), 'horizon', v_horizon, 'windows', d.windows),
      'jobs', (
        select jsonb_agg(jsonb_build_object('subject', w.last_bar,
          'payload', v_payload || jsonb_build_object('symbol', d.symbol, 'ensemble', d.ensemble, 'window_id', w.last_bar)) order by w.place)
        from unnest(d.windows) with ordinality w(last_bar, place)))
      order by d.symbol_id, d.ensemble) into v_runs
    from due d;
    v_planned := v_planned + internal.add_planned_runs('validation', 'validate_window', coalesce(v_runs, '[]'));
  end loop;
  return v_planned;
end
$$;
comment on function internal.plan_validations(bigint[], integer) is
  'Plans for these symbols, where the last validation is an interval old (with p_windows: now), the latest p_windows windows (default: setting '
  'validation_windows) that are not yet validated; too few bars end the run at once, saying how many are needed. Returns how many. '
  'Twin: rollingWindows (src/shared/evaluation/rolling-windows.ts), compared in test/database/computed-twice.test.ts.';
revoke execute on function internal.plan_validations(bigint[], integer) from public;
