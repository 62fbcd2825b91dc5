create or replace view public.vw_daily_divergence with (security_invoker = true) as
select
  d.day,
  s.ensemble,
  count(distinct s.symbol)::integer as symbols,
  sum(s.windows)::integer as windows,
  sum(s.divergences) / nullif(sum(s.windows), 0)::double precision as mean_divergence,
  max(s.largest) as largest_divergence,
  (array_agg(s.symbol || ' ' || s.horizon order by s.largest desc nulls last, s.symbol, s.horizon))[1] as largest_divergence_of,
  sum(s.above_warning)::integer as above_warning,
  sum(s.above_overfitting)::integer as above_overfitting,
  sum(s.above_critical)::integer as above_critical,
  sum(s.overfitting)::integer as overfitting_windows,
  sum(s.implausible)::integer as implausible_windows,
  sum(s.alerts)::integer as alerts_opened
from (
  -- Day by day, so that who asks for some days reads no others.
  select g.day::date as day, g.day at time zone 'America/New_York' as begins, (g.day + interval '1 day') at time zone 'America/New_York' as ends
  from (
    select least((select min(m.validation_date) from public.ensemble_validation_metrics m), (select min(a.opened_at) from public.divergence_alerts a))
        at time zone 'America/New_York' as first,
      greatest((select max(m.validation_date) from public.ensemble_validation_metrics m), (select max(a.opened_at) from public.divergence_alerts a))
        at time zone 'America/New_York' as last
  ) b
  cross join generate_series(date_trunc('day', b.first), b.last, interval '1 day') g(day)
) d
cross join lateral (
  select o.ensemble, m.symbol, m.horizon, count(*) as windows, sum(m.divergence) as divergences, max(m.divergence) as largest,
    count(*) filter (where m.divergence > (l.value ->> 'warning')::double precision) as above_warning,
    count(*) filter (where m.divergence > (l.value ->> 'overfitting')::double precision) as above_overfitting,
    count(*) filter (where m.divergence > (l.value ->> 'critical')::double precision) as above_critical,
    count(*) filter (where m.is_overfitting) as overfitting, count(*) filter (where o.implausible_skill) as implausible, 0::bigint as alerts
  from public.ensemble_validation_metrics m
  join public.overfitting_tests o on o.metrics_id = m.id
  join public.settings l on l.name = 'divergence_levels'
  where m.validation_date >= d.begins and m.validation_date < d.ends
  group by o.ensemble, m.symbol, m.horizon
  union all
  select a.ensemble, null, null, 0, null, null, 0, 0, 0, 0, 0, count(*)
  from public.divergence_alerts a
  where a.opened_at >= d.begins and a.opened_at < d.ends
  group by a.ensemble
) s
group by d.day, s.ensemble;
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
