create or replace function internal.note_exceptions() returns trigger
language plpgsql set search_path = ''
as $$
declare
  v_days jsonb;
begin
  if tg_op = 'UPDATE' then
    -- Another reason opens and closes nothing.
    select jsonb_agg(distinct jsonb_build_object('calendar', c.calendar, 'date', c.session_date)) into v_days
    from changed c
    where not exists (
      select from before b where b.calendar = c.calendar and b.session_date = c.session_date and b.source = c.source and b.kind = c.kind);
  else
    select jsonb_agg(distinct jsonb_build_object('calendar', c.calendar, 'date', c.session_date)) into v_days from changed c;
  end if;
  if v_days is null then
    return null;
  end if;
  with day as materialized (
    select d.calendar, d.date, t.timeframe, array(select e.bar_time from internal.expected_bars(d.calendar, t.timeframe, d.date, d.date) e) as expected
    from jsonb_to_recordset(v_days) as d(calendar text, date date)
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
  on conflict (symbol_id, timeframe, bar_time) do nothing;
  return null;
end
$$;
comment on function internal.note_exceptions() is
  'Trigger: a closure that is announced, uploaded or taken back closes gaps and opens them: of each symbol of its calendar only those dates are looked at.';
revoke execute on function internal.note_exceptions() from public;

create trigger calendar_exceptions_note_new_ones after insert on public.calendar_exceptions
referencing new table as changed for each statement execute function internal.note_exceptions();
create trigger calendar_exceptions_note_changed_ones after update on public.calendar_exceptions
referencing old table as before new table as changed for each statement execute function internal.note_exceptions();
create trigger calendar_exceptions_note_deleted_ones after delete on public.calendar_exceptions
referencing old table as changed for each statement execute function internal.note_exceptions();
