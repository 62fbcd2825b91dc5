create or replace view public.vw_ensemble_assignments with (security_invoker = true) as
select
  a.symbol_id,
  a.symbol,
  a.horizon,
  n.ensemble,
  a.is_listed,
  case n.ensemble when 'baseline' then a.is_baseline_planned else a.is_candidate_planned end as is_planned,
  -- Not `=` alone, of which the planner expects few rows.
  case when n.ensemble = a.ensemble then true else false end as is_serving,
  a.because,
  a.reached_at,
  a.calendar
from public.vw_horizon_assignments a
cross join unnest(array['baseline', 'candidate']) n(ensemble);
comment on view public.vw_ensemble_assignments is
  'What each ensemble does for each symbol and horizon: vw_horizon_assignments, one row an ensemble.';
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
comment on column public.vw_ensemble_assignments.calendar is 'The symbol''s trading calendar.';

revoke all on public.vw_ensemble_assignments from anon, authenticated, service_role;
grant select on public.vw_ensemble_assignments to authenticated, service_role;
