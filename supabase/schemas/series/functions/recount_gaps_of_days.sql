create or replace function internal.recount_gaps_of_days(p_days jsonb) returns void
language sql set search_path = ''
as $$
  with day as materialized (
    select d.calendar, d.date, t.timeframe, array(select e.bar_time from internal.expected_bars(d.calendar, t.timeframe, d.date, d.date) e) as expected
    from jsonb_to_recordset(p_days) as d(calendar text, date date)
    cross join (values ('1D'), ('4h')) t(timeframe)
  ), closed as (
    delete from public.bar_gaps g
    using day d, public.symbols s
    where s.id = g.symbol_id and s.calendar = d.calendar and g.timeframe = d.timeframe and (g.bar_time at time zone 'UTC')::date = d.date
      and g.bar_time <> all (d.expected)
  )
  insert into public.bar_gaps (symbol_id, timeframe, bar_time, reason, message)
  select s.id, d.timeframe, x.bar_time, 'missing', internal.gap_message(s.symbol, d.timeframe, x.bar_time, d.calendar)
  from day d
  cross join unnest(d.expected) x(bar_time)
  join public.symbols s on s.calendar = d.calendar
  join public.bar_series b
    on b.symbol_id = s.id and b.timeframe = d.timeframe and x.bar_time > b.first_bar_time and x.bar_time < b.last_bar_time
  where not exists (
    select from public.bars y where y.symbol_id = s.id and y.timeframe = d.timeframe and y.bar_time = x.bar_time)
  on conflict (symbol_id, timeframe, bar_time) do nothing
$$;
comment on function internal.recount_gaps_of_days(jsonb) is
  'Closes and opens the gaps of dates that a calendar says something else of: [{calendar, date}]. Of each symbol of the calendar only those dates are '
  'looked at.';
revoke execute on function internal.recount_gaps_of_days(jsonb) from public;
