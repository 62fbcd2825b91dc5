create or replace view public.vw_forecast_presence with (security_invoker = true) as
with recent as (
  select d.date, coalesce(x.half_day, false) as half_day,
    (d.date + case when x.half_day then '13:00'::time else '16:00' end) at time zone 'America/New_York' as close_at
  from (
    select g.day::date as date
    from generate_series(
      (now() at time zone 'America/New_York')::date - interval '14 days', (now() at time zone 'America/New_York')::date,
      interval '1 day') g(day)
  ) d
  cross join lateral (
    select bool_or(e.kind = 'closed') as closed, bool_and(e.kind = 'half_day') as half_day
    from public.calendar_exceptions e where e.session_date = d.date
  ) x
  where extract(isodow from d.date) < 6 and x.closed is not true
), session as (
  select r.date, r.half_day
  from recent r
  where r.close_at + make_interval(mins => (
    select (t.value #>> '{}')::integer from public.settings t where t.name = 'forecast_deadline_minutes')) <= now()
  order by r.date desc
  limit 1
), origin as materialized (
  -- The bar that forecasts over each horizon start from, and who makes them.
  select h.horizon, l.date, h.cutoff, e.ensemble, e.config_hash, row_number() over () as place
  from session l
  cross join lateral (values
    ('1D', l.date::timestamp at time zone 'UTC'),
    ('4h', (l.date + case when l.half_day then '09:30'::time else '13:30' end) at time zone 'America/New_York'),
    ('8h', case when not l.half_day then (l.date + '09:30'::time) at time zone 'America/New_York' end)
  ) h(horizon, cutoff)
  cross join public.ensembles e
  where h.cutoff is not null
    and exists (select from public.settings t where t.name = 'window_sizes' and t.value ? h.horizon)
)
select
  a.symbol,
  s.stage,
  a.horizon,
  a.ensemble,
  o.date as session_date,
  o.cutoff as expected_cutoff,
  b.last_bar_time as newest_bar,
  f.id as forecast_id,
  f.issued_at,
  case
    when f.symbol_id is not null then 'there'
    when b.last_bar_time is null then 'no_bars'
    when b.last_bar_time < o.cutoff then 'bar_missing'
    else 'forecast_missing'
  end as state
from origin o
join public.vw_ensemble_assignments a on a.horizon = o.horizon and a.ensemble = o.ensemble
-- Left, so that who does not ask for the stage looks no symbol up.
left join public.symbols s on s.id = a.symbol_id
left join public.bar_series b on b.symbol_id = a.symbol_id and b.timeframe = a.horizon
left join (
  -- All forecasts from these bars at once: a look at an index for each bar and ensemble, however many symbols there are.
  select x.id, x.symbol_id, c.place, x.issued_at
  from origin c
  join public.forecasts x
    on x.data_cutoff = c.cutoff and x.horizon = c.horizon and x.ensemble = c.ensemble and x.config_hash = c.config_hash
) f on f.symbol_id = a.symbol_id and f.place = o.place
where a.is_listed and a.is_planned;
comment on view public.vw_forecast_presence is
  'The forecasts that should be there from the last session whose deadline (close and forecast_deadline_minutes) has passed: one row per '
  'active symbol, horizon and ensemble that is planned for it. From a half day''s close no 8h forecast is issued, so none is listed.';
comment on column public.vw_forecast_presence.symbol is 'Ticker.';
comment on column public.vw_forecast_presence.stage is 'Its rollout stage.';
comment on column public.vw_forecast_presence.horizon is 'Horizon.';
comment on column public.vw_forecast_presence.ensemble is 'candidate or baseline.';
comment on column public.vw_forecast_presence.session_date is 'The session.';
comment on column public.vw_forecast_presence.expected_cutoff is 'bar_time of the session''s last bar that a forecast starts from, UTC.';
comment on column public.vw_forecast_presence.newest_bar is 'bar_time of the newest stored bar, UTC.';
comment on column public.vw_forecast_presence.forecast_id is 'The forecast from that bar; null when there is none.';
comment on column public.vw_forecast_presence.issued_at is 'When it was stored, UTC.';
comment on column public.vw_forecast_presence.state is
  'there; no_bars: the symbol has none at all; bar_missing: the session''s bar has not come; forecast_missing: it has, and no forecast.';

revoke all on public.vw_forecast_presence from anon, authenticated, service_role;
grant select on public.vw_forecast_presence to authenticated, service_role;
