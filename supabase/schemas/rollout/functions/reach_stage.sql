create or replace function internal.reach_stage(p_rollout_id bigint, p_stage text) returns text[]
language sql set search_path = ''
as $$
  with known (stages, horizons) as (
    select array['canary', 'limited', 'full'], array['1D', '4h', '8h']
  ), reached as (
    insert into public.rollout_symbols as m (rollout_id, symbol_id, symbol, stage, horizons)
    select p_rollout_id, s.id, s.symbol, p_stage, w.horizons
    from public.symbols s
    cross join known
    cross join lateral (
      select array_agg(k.horizon order by k.place) as horizons
      from unnest(known.horizons) with ordinality k(horizon, place)
      where k.horizon = any (s.horizons) and internal.setting('rollout_stages') -> p_stage -> 'horizons' ? k.horizon
    ) w
    where s.active and w.horizons is not null
      and array_position(known.stages, s.stage) <= array_position(known.stages, p_stage)
    on conflict (rollout_id, symbol_id) do update set horizons = (
      select array_agg(k.horizon order by k.place)
      from known, unnest(known.horizons) with ordinality k(horizon, place)
      where k.horizon = any (m.horizons || excluded.horizons))
    where not excluded.horizons <@ m.horizons
    returning m.symbol
  )
  select coalesce(array_agg(r.symbol order by r.symbol), '{}') from reached r
$$;
comment on function internal.reach_stage(bigint, text) is
  'Takes a rollout to the symbols of a stage and of those before it, on what horizons of the stage they have; returns the symbols that are new '
  'to it or have further horizons.';
revoke execute on function internal.reach_stage(bigint, text) from public;
