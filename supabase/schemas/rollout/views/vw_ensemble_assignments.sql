-- Who serves and what is planned: one rule, from the latest rollout and the registry. Promoting and rolling back change rows of rollouts
-- and rollout_symbols; what serves follows in the same transaction.
create or replace view public.vw_ensemble_assignments with (security_invoker = true) as
select
  s.id as symbol_id,
  s.symbol,
  h.horizon,
  n.ensemble,
  -- This and is_serving are said so that the planner expects about as many rows as there are: of `= any` it expects a twentieth.
  s.active and array_position(s.horizons, h.horizon) is not null as is_listed,
  case
    -- Also beside a rollout that is completed, so that a rollback is possible at once.
    when n.ensemble = 'baseline' then r.is_baseline_active
    when r.id is null then r.is_candidate_active
    when not r.is_the_rollouts then false
    when r.status = 'running' then m.rollout_id is not null
    else r.status = 'completed'
  end as is_planned,
  case when n.ensemble = coalesce(r.ensemble, m.ensemble, 'baseline') then true else false end as is_serving,
  coalesce(r.because, r.reached || m.stage, r.not_reached) as because,
  m.joined_at as reached_at
from public.symbols s
cross join unnest(array['1D', '4h', '8h']) h(horizon)
cross join (
  -- What is the same for every symbol: `ensemble` serves them all, `because` says why; both are null where it goes by the symbol.
  select l.id, l.status, k.is_the_rollouts, k.is_candidate_active, k.is_baseline_active,
    case
      when l.id is null then case when k.is_candidate_active then 'candidate' else 'baseline' end
      when not k.is_the_rollouts or l.status = 'rolled_back' then 'baseline'
      when l.status = 'completed' then 'candidate'
    end as ensemble,
    case
      when l.id is null and k.is_candidate_active then 'no rollout yet, and a candidate is active'
      when l.id is null then 'no rollout yet, and no candidate is active'
      when l.status = 'rolled_back' then format('rollout %s was rolled back: %s', l.id, l.ended_because)
      when not k.is_the_rollouts then format('the candidate is not the one of rollout %s any more, or not active', l.id)
      when l.status = 'completed' then format('rollout %s is completed', l.id)
    end as because,
    format('rollout %s reached it in stage ', l.id) as reached,
    format('rollout %s has not reached it in stage %s', l.id, l.stage) as not_reached
  from (values (1)) one(row)
  left join (
    select x.id, x.status, x.stage, x.ended_because, x.candidate_hash from public.rollouts x order by x.id desc limit 1
  ) l on true
  cross join lateral (
    -- What was put in the candidate's place by hand nobody has judged.
    select coalesce(bool_or(e.active) filter (where e.ensemble = 'candidate'), false) as is_candidate_active,
      coalesce(bool_or(e.active) filter (where e.ensemble = 'baseline'), false) as is_baseline_active,
      coalesce(bool_or(e.active) filter (where e.ensemble = 'candidate' and e.config_hash = l.candidate_hash), false) as is_the_rollouts
    from public.ensembles e
  ) k
  -- Once, and not for every symbol.
  limit 1
) r
left join public.rollout_symbols m on m.rollout_id = r.id and m.symbol_id = s.id and h.horizon = any (m.horizons)
cross join unnest(array['baseline', 'candidate']) n(ensemble);
comment on view public.vw_ensemble_assignments is
  'What each ensemble does for each symbol and horizon, by the latest rollout: the one rule that planning, serving and answering follow.';
comment on column public.vw_ensemble_assignments.symbol_id is 'The symbol, active or not.';
comment on column public.vw_ensemble_assignments.symbol is 'Ticker.';
comment on column public.vw_ensemble_assignments.horizon is 'Horizon: each of the three, whether the symbol has it or not.';
comment on column public.vw_ensemble_assignments.ensemble is 'candidate or baseline.';
comment on column public.vw_ensemble_assignments.is_listed is 'Whether the symbol is active and the horizon among its own.';
comment on column public.vw_ensemble_assignments.is_planned is
  'Whether the schedule makes forecasts, windows and checks with it, where is_listed: an active ensemble, without a rollout; with one the '
  'baseline everywhere, and the candidate, while its configuration is the rollout''s, where it has come to, or everywhere once it is completed.';
comment on column public.vw_ensemble_assignments.is_serving is 'Whether it is the one of the two that apps read and requests are answered by.';
comment on column public.vw_ensemble_assignments.because is 'Why the one that serves does.';
comment on column public.vw_ensemble_assignments.reached_at is 'When the latest rollout came to the symbol, UTC; null where it has not.';

revoke all on public.vw_ensemble_assignments from anon, authenticated, service_role;
grant select on public.vw_ensemble_assignments to authenticated, service_role;
