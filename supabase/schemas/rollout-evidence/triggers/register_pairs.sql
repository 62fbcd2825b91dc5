create or replace function internal.register_pairs() returns trigger
language plpgsql set search_path = '' set jit = off set plan_cache_mode = force_generic_plan set enable_seqscan = off
as $$
declare
  v public.rollouts;
begin
  select r.* into v from public.rollouts r order by r.id desc limit 1;
  if v.id is null then
    return null;
  end if;
  with scored as (
    -- Both forecasts from the bar, whichever of them was scored.
    select distinct f.symbol_id, f.horizon, f.data_cutoff
    from changed n
    cross join lateral (
      -- Offset 0: of each by its id, however few the planner expects; else it would look through all that changed for each forecast.
      select x.* from public.forecasts x where x.id = n.forecast_id offset 0
    ) f
    join public.rollout_symbols m on m.rollout_id = v.id and m.symbol_id = f.symbol_id and f.horizon = any (m.horizons)
    where f.config_hash = case f.ensemble when 'candidate' then v.candidate_hash else v.baseline_hash end
      and f.issued_at >= v.stage_started_at and f.issued_at <= coalesce(v.ended_at, 'infinity')
  )
  insert into public.forecast_pairs as p (
    candidate_id, baseline_id, rollout_id, stage, symbol_id, horizon, data_cutoff, outcome_time, issued_at, candidate_error, candidate_crps,
    candidate_covered, baseline_error, baseline_crps)
  select c.id, b.id, v.id, v.stage, c.symbol_id, c.horizon, c.data_cutoff, o.outcome_time, greatest(c.issued_at, b.issued_at), o.error, o.crps,
    array[o.covered_50, o.covered_80, o.covered_90, o.covered_95], b.error, b.crps
  from scored s
  join public.forecasts c
    on c.symbol_id = s.symbol_id and c.horizon = s.horizon and c.ensemble = 'candidate' and c.config_hash = v.candidate_hash
    and c.data_cutoff = s.data_cutoff and c.issued_at >= v.stage_started_at and c.issued_at <= coalesce(v.ended_at, 'infinity')
  join public.forecast_outcomes o on o.forecast_id = c.id
  left join lateral (
    select f.id, f.issued_at, x.error, x.crps
    from public.forecasts f
    join public.forecast_outcomes x on x.forecast_id = f.id
    where f.symbol_id = s.symbol_id and f.horizon = s.horizon and f.ensemble = 'baseline' and f.config_hash = v.baseline_hash
      and f.data_cutoff = s.data_cutoff and f.issued_at >= v.stage_started_at and f.issued_at <= coalesce(v.ended_at, 'infinity')
      and x.outcome_time = o.outcome_time
  ) b on true
  on conflict (candidate_id) do update set
    baseline_id = excluded.baseline_id, rollout_id = excluded.rollout_id, stage = excluded.stage, outcome_time = excluded.outcome_time,
    issued_at = excluded.issued_at, candidate_error = excluded.candidate_error, candidate_crps = excluded.candidate_crps,
    candidate_covered = excluded.candidate_covered, baseline_error = excluded.baseline_error, baseline_crps = excluded.baseline_crps,
    compared_at = null;
  return null;
end
$$;
comment on function internal.register_pairs() is
  'Trigger: forecasts of the latest rollout''s stage that were scored, issued before it ended, enter forecast_pairs, to be compared (anew).';
revoke execute on function internal.register_pairs() from public;

create trigger forecast_outcomes_make_pairs after insert on public.forecast_outcomes
referencing new table as changed for each statement execute function internal.register_pairs();

create trigger forecast_outcomes_change_pairs after update on public.forecast_outcomes
referencing new table as changed for each statement execute function internal.register_pairs();
