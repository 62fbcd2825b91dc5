create or replace view public.vw_daily_divergence with (security_invoker = true) as
with windows as (
  select (m.validation_date at time zone 'America/New_York')::date as day, o.ensemble, m.symbol, m.horizon, m.divergence, m.is_overfitting,
    o.implausible_skill, (l.value ->> 'warning')::double precision as warning, (l.value ->> 'overfitting')::double precision as overfitting,
    (l.value ->> 'critical')::double precision as critical
  from public.ensemble_validation_metrics m
  join public.overfitting_tests o on o.metrics_id = m.id
  join public.settings l on l.name = 'divergence_levels'
), validated as (
  select w.day, w.ensemble, count(distinct w.symbol)::integer as symbols, count(*)::integer as windows, avg(w.divergence) as mean_divergence,
    max(w.divergence) as largest_divergence,
    (array_agg(format('%s %s', w.symbol, w.horizon) order by w.divergence desc, w.symbol, w.horizon))[1] as largest_divergence_of,
    count(*) filter (where w.divergence > w.warning)::integer as above_warning,
    count(*) filter (where w.divergence > w.overfitting)::integer as above_overfitting,
    count(*) filter (where w.divergence > w.critical)::integer as above_critical,
    count(*) filter (where w.is_overfitting)::integer as overfitting_windows,
    count(*) filter (where w.implausible_skill)::integer as implausible_windows
  from windows w
  group by w.day, w.ensemble
), opened as (
  select (a.opened_at at time zone 'America/New_York')::date as day, a.ensemble, count(*)::integer as alerts
  from public.divergence_alerts a
  group by (a.opened_at at time zone 'America/New_York')::date, a.ensemble
)
select
  coalesce(v.day, o.day) as day,
  coalesce(v.ensemble, o.ensemble) as ensemble,
  coalesce(v.symbols, 0) as symbols,
  coalesce(v.windows, 0) as windows,
  v.mean_divergence,
  v.largest_divergence,
  v.largest_divergence_of,
  coalesce(v.above_warning, 0) as above_warning,
  coalesce(v.above_overfitting, 0) as above_overfitting,
  coalesce(v.above_critical, 0) as above_critical,
  coalesce(v.overfitting_windows, 0) as overfitting_windows,
  coalesce(v.implausible_windows, 0) as implausible_windows,
  coalesce(o.alerts, 0) as alerts_opened
from validated v
full join opened o on o.day = v.day and o.ensemble = v.ensemble;
comment on view public.vw_daily_divergence is 'Divergence of the windows validated on each day in New York, by ensemble, and the alerts opened that day.';
comment on column public.vw_daily_divergence.day is 'Date in New York.';
comment on column public.vw_daily_divergence.ensemble is 'candidate or baseline.';
comment on column public.vw_daily_divergence.symbols is 'Symbols with a window validated that day.';
comment on column public.vw_daily_divergence.windows is 'Windows validated that day.';
comment on column public.vw_daily_divergence.mean_divergence is 'Their mean divergence; a fraction, null without any.';
comment on column public.vw_daily_divergence.largest_divergence is 'The largest of them; a fraction, null without any.';
comment on column public.vw_daily_divergence.largest_divergence_of is 'Whose it is: symbol and horizon.';
comment on column public.vw_daily_divergence.above_warning is 'Windows whose divergence is above the level warning as the setting divergence_levels has it now.';
comment on column public.vw_daily_divergence.above_overfitting is 'Windows above the level overfitting.';
comment on column public.vw_daily_divergence.above_critical is 'Windows above the level critical.';
comment on column public.vw_daily_divergence.overfitting_windows is 'Windows whose verdict is overfitting, by divergence or by the tests.';
comment on column public.vw_daily_divergence.implausible_windows is 'Windows with a skill too good to be true.';
comment on column public.vw_daily_divergence.alerts_opened is 'Alerts opened that day.';

revoke all on public.vw_daily_divergence from anon, authenticated, service_role;
grant select on public.vw_daily_divergence to authenticated, service_role;
