-- Who serves and what is planned: one rule, from the latest rollout and the registry. Promoting and rolling back change rows of rollouts
-- and rollout_symbols; what serves follows in the same transaction.
create or replace view public.vw_ensemble_assignments with (security_invoker = true) as
with latest as materialized (
  -- What was put in the candidate's place by hand nobody has judged.
  select r.*, coalesce(bool_or(c.active), false) as is_active,
    coalesce(bool_or(c.active and c.config_hash = r.candidate_hash), false) as is_the_rollouts
  from (values (1)) one(row)
  left join (
    select x.id, x.status, x.stage, x.ended_because, x.candidate_hash from public.rollouts x order by x.id desc limit 1
  ) r on true
  left join public.ensembles c on c.ensemble = 'candidate'
  group by r.id, r.status, r.stage, r.ended_because, r.candidate_hash
)
select
  s.id as symbol_id,
  s.symbol,
  h.horizon,
  n.ensemble,
  s.active and h.horizon = any (s.horizons) as is_listed,
  coalesce(e.active, false) and case
    when r.id is null then true
    when n.ensemble = 'baseline' then true
    when not r.is_the_rollouts then false
    when r.status = 'running' then m.rollout_id is not null
    -- Completed: the baseline goes on beside it, so that a rollback is possible at once.
    else r.status = 'completed'
  end as is_planned,
  n.ensemble = w.ensemble as is_serving,
  w.because,
  m.joined_at as reached_at
from public.symbols s
cross join unnest(array['1D', '4h', '8h']) h(horizon)
cross join latest r
left join public.rollout_symbols m on m.rollout_id = r.id and m.symbol_id = s.id and h.horizon = any (m.horizons)
cross join lateral (
  select
    case
      when r.id is null then case when r.is_active then 'candidate' else 'baseline' end
      when not r.is_the_rollouts then 'baseline'
      when r.status = 'completed' then 'candidate'
      when r.status = 'running' then coalesce(m.ensemble, 'baseline')
      else 'baseline'
    end as ensemble,
    case
      when r.id is null and r.is_active then 'no rollout yet, and a candidate is active'
      when r.id is null then 'no rollout yet, and no candidate is active'
      when r.status = 'rolled_back' then format('rollout %s was rolled back: %s', r.id, r.ended_because)
      when not r.is_the_rollouts then format('the candidate is not the one of rollout %s any more, or not active', r.id)
      when r.status = 'completed' then format('rollout %s is completed', r.id)
      when m.rollout_id is null then format('rollout %s has not reached it in stage %s', r.id, r.stage)
      else format('rollout %s reached it in stage %s', r.id, m.stage)
    end as because
) w
cross join unnest(array['baseline', 'candidate']) n(ensemble)
left join public.ensembles e on e.ensemble = n.ensemble;
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
