-- Which forecasts there are and which are missing, and the canary's report of it: figures computed from rows, or `insufficient`.

-- The constraint of the migration before this one, in a transaction of its own: reading goes on meanwhile.
alter table public.runs validate constraint runs_kind_known;

create view public.vw_forecast_presence with (security_invoker = true) as
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
), session as materialized (
  select r.date, r.half_day
  from recent r
  where r.close_at + make_interval(mins => (
    select (t.value #>> '{}')::integer from public.settings t where t.name = 'forecast_deadline_minutes')) <= now()
  order by r.date desc
  limit 1
)
select
  s.symbol,
  s.stage,
  h.horizon,
  e.ensemble,
  session.date as session_date,
  c.cutoff as expected_cutoff,
  b.newest as newest_bar,
  f.id as forecast_id,
  f.issued_at,
  case
    when f.id is not null then 'there'
    when b.newest is null then 'no_bars'
    when b.newest < c.cutoff then 'bar_missing'
    else 'forecast_missing'
  end as state
from session
cross join public.symbols s
cross join unnest(s.horizons) h(horizon)
cross join public.ensembles e
cross join lateral (
  select case h.horizon
    when '1D' then session.date::timestamp at time zone 'UTC'
    when '4h' then (session.date + case when session.half_day then '09:30'::time else '13:30' end) at time zone 'America/New_York'
    when '8h' then case when not session.half_day then (session.date + '09:30'::time) at time zone 'America/New_York' end
  end as cutoff
) c
cross join lateral (
  select max(x.bar_time) as newest from public.bars x where x.symbol_id = s.id and x.timeframe = h.horizon
) b
left join public.forecasts f
  on f.symbol_id = s.id and f.horizon = h.horizon and f.ensemble = e.ensemble and f.config_hash = e.config_hash
  and f.data_cutoff = c.cutoff
where s.active and e.active and c.cutoff is not null
  and exists (select from public.settings t where t.name = 'window_sizes' and t.value ? h.horizon);
comment on view public.vw_forecast_presence is
  'The forecasts that should be there from the last session whose deadline (close and forecast_deadline_minutes) has passed: one row per '
  'active symbol, horizon and ensemble. From a half day''s close no 8h forecast is issued, so none is listed.';
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

create table public.canary_reports (
  id bigint generated always as identity primary key,
  report_date date not null,
  report_time time not null,
  issued_at timestamptz not null default now(),
  since timestamptz not null,
  status text not null,
  symbols text[] not null,
  session_date date,
  forecasts_expected integer not null,
  forecasts_there integer not null,
  forecasts_missing jsonb not null,
  symbols_without_bars text[] not null,
  alerts_open integer not null,
  alerts jsonb not null,
  jobs_dead integer not null,
  runs_failed integer not null,
  outcomes_scored integer not null,
  windows_known integer not null,
  largest_divergence double precision,
  largest_divergence_of text,
  lines text[] not null,
  constraint canary_reports_one_a_slot unique (report_date, report_time),
  constraint canary_reports_status_known check (status in ('ok', 'attention', 'insufficient')),
  constraint canary_reports_counts_add_up check (
    forecasts_there + jsonb_array_length(forecasts_missing) = forecasts_expected and forecasts_there >= 0
  ),
  constraint canary_reports_divergence_needs_windows check ((largest_divergence is null) = (windows_known = 0)),
  constraint canary_reports_ok_is_measured check (
    status <> 'ok' or (
      forecasts_expected > 0 and forecasts_there = forecasts_expected and alerts_open = 0 and jobs_dead = 0 and runs_failed = 0
      and windows_known >= forecasts_expected and symbols_without_bars = '{}')
  )
);
comment on table public.canary_reports is
  'The canary''s reports at 08:00, 12:00 and 18:00 New York time: figures computed from the rows that they summarise.';
comment on column public.canary_reports.id is 'Surrogate key.';
comment on column public.canary_reports.report_date is 'Date in New York.';
comment on column public.canary_reports.report_time is 'Time of day in New York.';
comment on column public.canary_reports.issued_at is 'Written, UTC.';
comment on column public.canary_reports.since is 'What is counted happened after this: the report before, or a day ago for the first, UTC.';
comment on column public.canary_reports.status is
  'attention: a forecast is missing, an alert is open, a job died or a run failed. insufficient: nothing of that, but bars, '
  'forecasts or windows to judge by are not there for every symbol. ok: neither, by the figures in the row.';
comment on column public.canary_reports.symbols is 'The active symbols of stage canary.';
comment on column public.canary_reports.session_date is 'The session whose forecasts are counted; see vw_forecast_presence.';
comment on column public.canary_reports.forecasts_expected is 'Forecasts that should be there from it, of symbols that have bars.';
comment on column public.canary_reports.forecasts_there is 'How many are.';
comment on column public.canary_reports.forecasts_missing is 'The others: [{symbol, horizon, ensemble, state}].';
comment on column public.canary_reports.symbols_without_bars is 'Symbols and horizons without any bar, from which nothing is expected: AAPL 1D.';
comment on column public.canary_reports.alerts_open is 'Open divergence alerts.';
comment on column public.canary_reports.alerts is 'How many, by level.';
comment on column public.canary_reports.jobs_dead is 'Jobs that ended dead since.';
comment on column public.canary_reports.runs_failed is 'Runs that failed since.';
comment on column public.canary_reports.outcomes_scored is 'Forecasts that came true and were scored since.';
comment on column public.canary_reports.windows_known is 'Symbols, horizons and ensembles with a validated window that still stands.';
comment on column public.canary_reports.largest_divergence is 'Largest divergence of their latest windows; a fraction, null without any.';
comment on column public.canary_reports.largest_divergence_of is 'Whose it is: symbol, horizon, ensemble.';
comment on column public.canary_reports.lines is 'The same in sentences, each with its figures.';

alter table public.canary_reports enable row level security;
create policy canary_reports_are_read_by_users on public.canary_reports for select to authenticated using (true);
revoke all on public.canary_reports from anon, authenticated, service_role;
grant select on public.canary_reports to authenticated, service_role;

create function internal.report_canary(p_date date, p_time time) returns jsonb
language plpgsql set search_path = ''
as $$
declare
  v public.canary_reports;
begin
  select r.* into v from public.canary_reports r where (r.report_date, r.report_time) = (p_date, p_time);
  if v.id is not null then
    return jsonb_build_object('report', v.id, 'status', v.status, 'repeated', true);
  end if;

  select coalesce(array_agg(s.symbol order by s.symbol), '{}') into v.symbols
  from public.symbols s where s.active and s.stage = 'canary';
  select coalesce(max(r.issued_at), now() - interval '1 day') into v.since from public.canary_reports r;

  select max(p.session_date), count(*) filter (where p.state <> 'no_bars'), count(*) filter (where p.state = 'there'),
    coalesce(jsonb_agg(jsonb_build_object('symbol', p.symbol, 'horizon', p.horizon, 'ensemble', p.ensemble, 'state', p.state)
      order by p.symbol, p.horizon, p.ensemble) filter (where p.state not in ('there', 'no_bars')), '[]'),
    coalesce(array_agg(distinct p.symbol || ' ' || p.horizon) filter (where p.state = 'no_bars'), '{}')
  into v.session_date, v.forecasts_expected, v.forecasts_there, v.forecasts_missing, v.symbols_without_bars
  from public.vw_forecast_presence p where p.stage = 'canary';

  select coalesce(sum(l.alerts), 0), coalesce(jsonb_object_agg(l.level, l.alerts), '{}') into v.alerts_open, v.alerts
  from (
    select a.level, count(*) as alerts from public.divergence_alerts a
    where a.resolved_at is null and a.symbol = any (v.symbols) group by a.level
  ) l;
  select count(*) into v.jobs_dead from public.jobs j
  where j.status = 'dead' and j.finished_at > v.since and j.payload ->> 'symbol' = any (v.symbols);
  select count(*) into v.runs_failed from public.runs r
  where r.status = 'failed' and r.finished_at > v.since and r.params -> 'symbols' ?| v.symbols;
  select count(*) into v.outcomes_scored from public.forecast_outcomes o
  join public.forecasts f on f.id = o.forecast_id
  where o.scored_at > v.since and f.symbol = any (v.symbols);

  select count(*), max(w.divergence),
    (array_agg(format('%s %s %s', w.symbol, w.horizon, w.ensemble) order by w.divergence desc, w.symbol, w.horizon))[1]
  into v.windows_known, v.largest_divergence, v.largest_divergence_of
  from (
    select distinct on (s.id, h.horizon, e.ensemble) s.symbol, h.horizon, e.ensemble, m.divergence
    from public.symbols s
    cross join unnest(s.horizons) h(horizon)
    cross join public.ensembles e
    cross join lateral internal.valid_windows(s.id, h.horizon, e.config_hash) k
    join public.ensemble_validation_metrics m on m.id = k.metrics_id
    where s.symbol = any (v.symbols) and e.active
    order by s.id, h.horizon, e.ensemble, k.window_id desc
  ) w;

  v.status := case
    when jsonb_array_length(v.forecasts_missing) + v.alerts_open + v.jobs_dead + v.runs_failed > 0 then 'attention'
    when v.forecasts_expected = 0 or v.windows_known < v.forecasts_expected or v.symbols_without_bars <> '{}' then 'insufficient'
    else 'ok'
  end;
  v.lines := array[
    case when v.forecasts_expected = 0
      then format('forecasts: insufficient: of %s canary symbols none has bars and an active ensemble', cardinality(v.symbols))
      else format('forecasts of the session of %s: %s of %s there%s', v.session_date, v.forecasts_there, v.forecasts_expected, (
        select coalesce('; missing: ' || string_agg(format('%s %s %s (%s)', m.symbol, m.horizon, m.ensemble, m.state), ', '), '')
        from jsonb_to_recordset(v.forecasts_missing) as m(symbol text, horizon text, ensemble text, state text))) end,
    format('alerts open: %s%s', v.alerts_open, (
      select coalesce(' (' || string_agg(format('%s %s', l.value, l.key), ', ' order by l.key) || ')', '') from jsonb_each_text(v.alerts) l)),
    format('since %s: %s jobs dead, %s runs failed, %s outcomes scored',
      to_char(v.since at time zone 'UTC', 'YYYY-MM-DD HH24:MI UTC'), v.jobs_dead, v.runs_failed, v.outcomes_scored),
    case when v.windows_known = 0 then 'divergence: insufficient: no validated window stands'
      else format('largest divergence: %s %% (%s), of the latest windows of %s', round((100 * v.largest_divergence)::numeric, 1),
        v.largest_divergence_of, v.windows_known) end];
  if cardinality(v.symbols_without_bars) > 0 then
    v.lines := v.lines || format('without bars: %s', array_to_string(v.symbols_without_bars, ', '));
  end if;

  insert into public.canary_reports (
    report_date, report_time, since, status, symbols, session_date, forecasts_expected, forecasts_there, forecasts_missing,
    symbols_without_bars, alerts_open, alerts, jobs_dead, runs_failed, outcomes_scored, windows_known, largest_divergence,
    largest_divergence_of, lines)
  values (
    p_date, p_time, v.since, v.status, v.symbols, v.session_date, v.forecasts_expected, v.forecasts_there, v.forecasts_missing,
    v.symbols_without_bars, v.alerts_open, v.alerts, v.jobs_dead, v.runs_failed, v.outcomes_scored, v.windows_known,
    v.largest_divergence, v.largest_divergence_of, v.lines)
  returning id into v.id;
  return jsonb_build_object('report', v.id, 'status', v.status);
end
$$;
comment on function internal.report_canary(date, time) is
  'Writes the canary''s report of a date and time in New York, once, from the rows as they are now; returns its id and status.';
revoke execute on function internal.report_canary(date, time) from public;
