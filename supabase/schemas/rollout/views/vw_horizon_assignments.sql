-- Who serves and what is planned: one rule, from the latest rollout and the registry. Promoting and rolling back change rows of rollouts
-- and rollout_symbols; what serves follows in the same transaction.
create or replace view public.vw_horizon_assignments with (security_invoker = true) as
select
  s.id as symbol_id,
  s.symbol,
  h.horizon,
  -- This, and where a rollout has come to, is said so that the planner expects about as many rows as there are: of `= any` it expects a twentieth.
  s.active and array_position(s.horizons, h.horizon) is not null as is_listed,
  -- Also beside a rollout that is completed, so that a rollback is possible at once.
  r.is_baseline_active as is_baseline_planned,
  case
    when r.id is null then r.is_candidate_active
    when not r.is_the_rollouts then false
    when r.status = 'running' then m.rollout_id is not null
    else r.status = 'completed'
  end as is_candidate_planned,
  coalesce(r.ensemble, m.ensemble, 'baseline') as ensemble,
  coalesce(r.because, r.reached || m.stage, r.not_reached) as because,
  m.rollout_id,
  m.stage as joined_in,
  m.joined_at as reached_at,
  s.calendar
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
  left join internal.latest_rollout() l on true
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
left join public.rollout_symbols m on m.rollout_id = r.id and m.symbol_id = s.id and array_position(m.horizons, h.horizon) is not null;
comment on view public.vw_horizon_assignments is
  'Which ensemble serves each symbol and horizon, and which of the two are planned, by the latest rollout: the one rule that planning, serving and answering follow.';
comment on column public.vw_horizon_assignments.symbol_id is 'The symbol, active or not.';
comment on column public.vw_horizon_assignments.symbol is 'Ticker.';
comment on column public.vw_horizon_assignments.horizon is 'Horizon: each of the three, whether the symbol has it or not.';
comment on column public.vw_horizon_assignments.is_listed is 'Whether the symbol is active and the horizon among its own.';
comment on column public.vw_horizon_assignments.is_baseline_planned is
  'Whether the schedule makes forecasts, windows and checks with the baseline, where is_listed: everywhere, when it is active.';
comment on column public.vw_horizon_assignments.is_candidate_planned is
  'The same of the candidate: without a rollout when it is active; with one, while its configuration is the rollout''s, where that has come to, or everywhere once it is '
  'completed.';
comment on column public.vw_horizon_assignments.ensemble is 'candidate or baseline: which of them apps read and requests are answered by.';
comment on column public.vw_horizon_assignments.because is 'Why that one.';
comment on column public.vw_horizon_assignments.rollout_id is 'The latest rollout, where it has come to the symbol on this horizon; else null.';
comment on column public.vw_horizon_assignments.joined_in is 'The stage in which it came to the symbol.';
comment on column public.vw_horizon_assignments.reached_at is 'When, UTC.';
comment on column public.vw_horizon_assignments.calendar is 'The symbol''s trading calendar.';

revoke all on public.vw_horizon_assignments from anon, authenticated, service_role;
grant select on public.vw_horizon_assignments to authenticated, service_role;
