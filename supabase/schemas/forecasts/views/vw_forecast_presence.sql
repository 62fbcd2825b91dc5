create or replace view public.vw_forecast_presence with (security_invoker = true) as
with origin as materialized (
  -- The bar that forecasts over each horizon start from, and who makes them.
  -- Calendars whose last session has one date have one place.
  select c.calendar, c.horizon, c.session_date as date, c.expected_cutoff as cutoff, e.ensemble, e.config_hash,
    dense_rank() over (order by c.horizon, c.expected_cutoff, e.ensemble) as place
  from public.vw_expected_cutoffs c
  cross join public.ensembles e
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
  end as state,
  o.calendar
from origin o
join public.vw_ensemble_assignments a on a.horizon = o.horizon and a.ensemble = o.ensemble and a.calendar = o.calendar
-- Left, so that who does not ask for the stage looks no symbol up.
left join public.symbols s on s.id = a.symbol_id
left join public.bar_series b on b.symbol_id = a.symbol_id and b.timeframe = a.horizon
left join (
  -- All forecasts from these bars at once: a look at an index for each bar and ensemble, however many symbols there are.
  select x.id, x.symbol_id, c.place, x.issued_at
  from (select distinct y.place, y.cutoff, y.horizon, y.ensemble, y.config_hash from origin y) c
  join public.forecasts x
    on x.data_cutoff = c.cutoff and x.horizon = c.horizon and x.ensemble = c.ensemble and x.config_hash = c.config_hash
) f on f.symbol_id = a.symbol_id and f.place = o.place
where a.is_listed and a.is_planned and (select internal.may_read_operations());
comment on view public.vw_forecast_presence is
  'The forecasts that should be there from the last session, by the symbol''s calendar, whose deadline (close and forecast_deadline_minutes) has passed: one row per '
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
comment on column public.vw_forecast_presence.calendar is 'The symbol''s trading calendar.';

revoke all on public.vw_forecast_presence from anon, authenticated, service_role;
grant select on public.vw_forecast_presence to authenticated, service_role;
