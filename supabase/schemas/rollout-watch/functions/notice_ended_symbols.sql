create or replace function internal.notice_ended_symbols(p_rollout public.rollouts, p_now timestamptz) returns integer
language plpgsql set search_path = ''
as $$
declare
  v_most integer := (internal.setting('symbol_ends_after_sessions') #>> '{}')::integer;
  v_ended jsonb;
  v_present public.rollouts;
  v_symbol record;
  v_left integer;
begin
  with newest as materialized (
    select s.calendar, b.timeframe, b.provider, b.feed, max(b.last_bar_time) as bar_time
    from public.bar_series b join public.symbols s on s.id = b.symbol_id and s.active
    group by s.calendar, b.timeframe, b.provider, b.feed
  ), unknown as materialized (
    -- Twice, so that one answer of a provider does not end a symbol.
    select j.payload ->> 'symbol' as symbol, j.payload ->> 'timeframe' as timeframe, min(j.finished_at) as since
    from public.jobs j
    where j.status = 'dead' and j.finished_at between p_now - interval '7 days' and p_now and j.kind = 'ingest'
      and j.error_code = 'provider_unknown_symbol'
    group by 1, 2
    having count(*) > 1
  ), member as materialized (
    select m.symbol_id, m.symbol, s.calendar, h.horizon, s.active, h.horizon = any (s.horizons) as is_listed, b.last_bar_time, coalesce(b.last_bar_time, '-infinity') as bars_until, b.provider, n.bar_time as newest,
      greatest(p_rollout.stage_started_at, m.joined_at) as since,
      exists (
        select from unknown u
        where u.symbol = m.symbol and u.timeframe = internal.timeframe_of(h.horizon) and not exists (
          select from public.jobs j
          where j.kind = 'ingest' and j.status = 'succeeded' and j.payload ->> 'symbol' = u.symbol and j.payload ->> 'timeframe' = u.timeframe
            and j.finished_at > u.since)) as is_unknown
    from public.rollout_symbols m
    join public.symbols s on s.id = m.symbol_id
    cross join unnest(m.horizons) h(horizon)
    left join public.bar_series b on b.symbol_id = m.symbol_id and b.timeframe = internal.timeframe_of(h.horizon)
    -- Others from the same source by the same calendar: where that gives nothing to anybody, no symbol has ended.
    left join lateral (
      select max(x.bar_time) as bar_time from newest x
      where x.calendar = s.calendar and x.timeframe = internal.timeframe_of(h.horizon) and (b.provider is null or (x.provider, x.feed) = (b.provider, b.feed))
    ) n on true
    where m.rollout_id = p_rollout.id
  ), behind as materialized (
    -- Counted once for all that have the same last bar.
    select k.*, (
      select count(*)
      from internal.calendar_days(k.calendar, greatest((k.bars_until at time zone 'UTC')::date + 1, (k.since at time zone 'UTC')::date - 1),
        (k.newest at time zone 'UTC')::date) d
      where d.closes_at > k.since) as sessions
    from (select distinct m.calendar, m.bars_until, m.newest, m.since from member m where m.newest > m.bars_until) k
  ), judged as (
    select m.*, coalesce(k.sessions, 0) as sessions
    from member m
    left join behind k on k.calendar = m.calendar and k.bars_until = m.bars_until and k.newest = m.newest and k.since = m.since
  ), ended as (
    select j.*, case
      when not j.active then 'inactive'
      when not j.is_listed then 'horizon_removed'
      when j.is_unknown and j.sessions > 0 then 'unknown_to_provider'
      when j.sessions >= v_most then 'no_bars' end as code
    from judged j
  )
  select jsonb_agg(jsonb_build_object('symbol', e.symbol, 'symbol_id', e.symbol_id, 'horizons', e.horizons, 'code', e.code, 'sessions', e.sessions,
    'last_bar_time', e.last_bar_time) order by e.symbol, e.code) into v_ended
  from (
    select e.symbol, e.symbol_id, e.code, array_agg(e.horizon order by array_position(array['1D', '4h', '8h'], e.horizon)) as horizons,
      max(e.sessions) as sessions, max(e.last_bar_time) as last_bar_time
    from ended e where e.code is not null group by e.symbol, e.symbol_id, e.code
  ) e;
  if v_ended is null then
    return 0;
  end if;

  v_present := internal.lock_rollout();
  if v_present.id <> p_rollout.id or (v_present.status, v_present.stage) is distinct from ('running', p_rollout.stage) then
    return 0;
  end if;
  for v_symbol in
    select e.* from jsonb_to_recordset(v_ended) as e(
      symbol text, symbol_id bigint, horizons text[], code text, sessions integer, last_bar_time timestamptz)
  loop
    delete from public.rollout_symbols m
    where m.rollout_id = p_rollout.id and m.symbol_id = v_symbol.symbol_id and m.horizons <@ v_symbol.horizons;
    update public.rollout_symbols m set horizons = array(
      select h.horizon from unnest(m.horizons) with ordinality h(horizon, place) where h.horizon <> all (v_symbol.horizons) order by h.place)
    where m.rollout_id = p_rollout.id and m.symbol_id = v_symbol.symbol_id;
    select count(*) into v_left from public.rollout_symbols m where m.rollout_id = p_rollout.id;
    perform internal.add_rollout_event(p_rollout.id, 'symbol_left', 'automatic', format('%s %s: %s%s', v_symbol.symbol,
        array_to_string(v_symbol.horizons, ', '), case v_symbol.code
          when 'inactive' then 'the symbol was set inactive'
          when 'horizon_removed' then 'no longer among the symbol''s horizons'
          when 'unknown_to_provider' then 'the provider does not know the symbol any more, and others have later bars'
          else format('no bar in %s sessions in which others had one', v_symbol.sessions) end,
        case when v_left = 0 then '. No symbol is left: nothing can be judged' else '' end),
      to_jsonb(v_symbol) - 'symbol_id' || jsonb_build_object('symbols_left', v_left));
  end loop;
  return jsonb_array_length(v_ended);
end
$$;
comment on function internal.notice_ended_symbols(public.rollouts, timestamptz) is
  'Takes symbols that have ended, or horizons of them, out of a rollout, each with an event symbol_left: set inactive; the horizon taken away; unknown to the '
  'provider, which said so twice in a week; or without a bar in symbol_ends_after_sessions sessions of the stage in which others of '
  'its source have one. Pairs that came true stay evidence. Returns how many events.';
revoke execute on function internal.notice_ended_symbols(public.rollouts, timestamptz) from public;
