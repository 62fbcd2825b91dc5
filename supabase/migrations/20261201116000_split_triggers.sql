-- Made from supabase/schemas by npm run build:migrations.

-- A function may name what is made after it.
set check_function_bodies = off;

-- Made by hand: triggers that are made anew.
drop trigger bars_note_inserts on public.bars;
drop trigger bars_note_deletions on public.bars;
drop trigger bars_note_updates on public.bars;
drop trigger calendars_note_definition on public.calendars;
drop trigger calendar_exceptions_note_changed_ones on public.calendar_exceptions;
drop trigger calendar_exceptions_note_new_ones on public.calendar_exceptions;
drop trigger calendar_exceptions_note_deleted_ones on public.calendar_exceptions;
drop trigger symbols_note_calendar on public.symbols;

-- series/functions/recount_gaps_of_days.sql
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

-- series/triggers/note_bars.sql
create or replace function internal.note_bars() returns trigger
language plpgsql set search_path = ''
as $$
declare
  v_new record;
begin
  for v_new in
    select c.symbol_id, c.timeframe, count(*) as bars, min(c.bar_time) as first, max(c.bar_time) as last, max(c.ingested_at) as stored_at,
      max(c.provider) as provider, max(c.feed) as feed, max(c.adjustment) as adjustment
    from changed c
    group by c.symbol_id, c.timeframe
    order by c.symbol_id, c.timeframe
  loop
    -- Writers of one series take turns: each counts what the one before it stored.
    perform from public.symbols s where s.id = v_new.symbol_id for no key update;
    -- Bars that are added at the end, as nearly all are, need no count of the others.
    update public.bar_series s set
      bars = s.bars + v_new.bars, last_bar_time = v_new.last, stored_at = greatest(s.stored_at, v_new.stored_at),
      provider = greatest(s.provider, v_new.provider), feed = greatest(s.feed, v_new.feed),
      adjustment = greatest(s.adjustment, v_new.adjustment)
    where s.symbol_id = v_new.symbol_id and s.timeframe = v_new.timeframe and s.last_bar_time < v_new.first and tg_op = 'INSERT';
    if not found then
      perform internal.recount_series(v_new.symbol_id, v_new.timeframe, tg_op = 'DELETE');
    end if;
    perform internal.note_gaps(v_new.symbol_id, v_new.timeframe, v_new.first, v_new.last);
    -- A window depends on no bar after its last: bars that are added at the end find none.
    perform internal.note_window_validity(array(
      select v.metrics_id from public.window_validity v
      where v.symbol_id = v_new.symbol_id and v.timeframe = v_new.timeframe and v.last_bar_time >= v_new.first));
  end loop;
  return null;
end
$$;
comment on function internal.note_bars() is
  'Trigger: keeps bar_series, bar_gaps, and whether the windows over bars that came or went still stand.';
revoke execute on function internal.note_bars() from public;

create trigger bars_note_inserts after insert on public.bars
referencing new table as changed for each statement execute function internal.note_bars();
create trigger bars_note_deletions after delete on public.bars
referencing old table as changed for each statement execute function internal.note_bars();

-- series/triggers/note_restated_bars.sql
create or replace function internal.note_restated_bars() returns trigger
language plpgsql set search_path = ''
as $$
declare
  v_new record;
  v_changed record;
begin
  for v_new in
    select c.symbol_id, c.timeframe, min(c.bar_time) as first, max(c.bar_time) as last
    from changed c
    group by c.symbol_id, c.timeframe
    order by c.symbol_id, c.timeframe
  loop
    -- Writers of one series take turns: each counts what the one before it stored.
    perform from public.symbols s where s.id = v_new.symbol_id for no key update;
    -- A new version of a bar, and not what is said of it beside its prices.
    -- Grouped, for a join's plan is kept and made for as many bars as changed first.
    select count(*) > 0 as is_restated, min(d.bar_time) filter (where d.is_gone) as first, max(d.bar_time) filter (where d.is_gone) as last
    into v_changed
    from (
      select v.bar_time, count(*) = 1 and not bool_or(v.is_new) as is_gone
      from (
        select b.bar_time, false as is_new, b.open, b.high, b.low, b.close, b.volume, b.ingested_at
        from before b where b.symbol_id = v_new.symbol_id and b.timeframe = v_new.timeframe
        union all
        select c.bar_time, true, c.open, c.high, c.low, c.close, c.volume, c.ingested_at
        from changed c where c.symbol_id = v_new.symbol_id and c.timeframe = v_new.timeframe
      ) v
      group by v.bar_time
      having count(*) = 1 or min(v.open) <> max(v.open) or min(v.high) <> max(v.high) or min(v.low) <> max(v.low)
        or min(v.close) <> max(v.close) or min(v.volume) <> max(v.volume) or count(v.volume) = 1
        or max(v.ingested_at) filter (where v.is_new) > max(v.ingested_at) filter (where not v.is_new)
    ) d;
    perform internal.recount_series(v_new.symbol_id, v_new.timeframe, v_changed.is_restated);
    -- A new version of a bar is where the one before it was, unless its time was what was wrong.
    if v_changed.first is not null then
      perform internal.note_gaps(v_new.symbol_id, v_new.timeframe, least(v_new.first, v_changed.first), greatest(v_new.last, v_changed.last));
    end if;
    perform internal.note_window_validity(array(
      select v.metrics_id from public.window_validity v
      where v.symbol_id = v_new.symbol_id and v.timeframe = v_new.timeframe and v.last_bar_time >= v_new.first));
  end loop;
  return null;
end
$$;
comment on function internal.note_restated_bars() is 'Trigger: as internal.note_bars, when bars change.';
revoke execute on function internal.note_restated_bars() from public;

create trigger bars_note_updates after update on public.bars
referencing old table as before new table as changed for each statement execute function internal.note_restated_bars();

-- calendar/triggers/note_calendar.sql
create or replace function internal.note_calendar() returns trigger
language plpgsql set search_path = ''
as $$
begin
  perform internal.recount_gaps(s.id)
  from (
    select x.id from public.symbols x
    where x.calendar = new.name
      and ((old.rule, old.time_zone) is distinct from (new.rule, new.time_zone)
        -- A calendar that knows more years is no news of a series that lies in those it knew.
        or exists (
          select from public.bar_series b
          where b.symbol_id = x.id and ((b.first_bar_time at time zone 'UTC')::date < greatest(old.known_from, new.known_from)
            or (b.last_bar_time at time zone 'UTC')::date > least(old.known_until, new.known_until))))
    order by x.id
  ) s;
  return null;
end
$$;
comment on function internal.note_calendar() is 'Trigger: recounts the gaps of the symbols of a calendar that is defined anew.';
revoke execute on function internal.note_calendar() from public;

create trigger calendars_note_definition after update on public.calendars
for each row when ((old.rule, old.time_zone, old.known_from, old.known_until) is distinct from (new.rule, new.time_zone, new.known_from, new.known_until))
execute function internal.note_calendar();

-- calendar/triggers/note_changed_exceptions.sql
create or replace function internal.note_changed_exceptions() returns trigger
language plpgsql set search_path = ''
as $$
begin
  perform internal.recount_gaps_of_days(d.days)
  from (
    select jsonb_agg(distinct jsonb_build_object('calendar', c.calendar, 'date', c.session_date)) as days
    from changed c
    -- Another reason opens and closes nothing.
    where not exists (
      select from before b where b.calendar = c.calendar and b.session_date = c.session_date and b.source = c.source and b.kind = c.kind)
  ) d
  where d.days is not null;
  return null;
end
$$;
comment on function internal.note_changed_exceptions() is 'Trigger: as internal.note_exceptions, when a closure becomes a half day or the other way round.';
revoke execute on function internal.note_changed_exceptions() from public;

create trigger calendar_exceptions_note_changed_ones after update on public.calendar_exceptions
referencing old table as before new table as changed for each statement execute function internal.note_changed_exceptions();

-- calendar/triggers/note_exceptions.sql
create or replace function internal.note_exceptions() returns trigger
language plpgsql set search_path = ''
as $$
begin
  perform internal.recount_gaps_of_days(d.days)
  from (select jsonb_agg(distinct jsonb_build_object('calendar', c.calendar, 'date', c.session_date)) as days from changed c) d
  where d.days is not null;
  return null;
end
$$;
comment on function internal.note_exceptions() is 'Trigger: a closure that is announced, uploaded or taken back closes gaps and opens them.';
revoke execute on function internal.note_exceptions() from public;

create trigger calendar_exceptions_note_new_ones after insert on public.calendar_exceptions
referencing new table as changed for each statement execute function internal.note_exceptions();
create trigger calendar_exceptions_note_deleted_ones after delete on public.calendar_exceptions
referencing old table as changed for each statement execute function internal.note_exceptions();

-- calendar/triggers/note_symbols_calendar.sql
create or replace function internal.note_symbols_calendar() returns trigger
language plpgsql set search_path = ''
as $$
begin
  perform internal.recount_gaps(new.id);
  return null;
end
$$;
comment on function internal.note_symbols_calendar() is 'Trigger: recounts the gaps of a symbol that gets another calendar.';
revoke execute on function internal.note_symbols_calendar() from public;

create trigger symbols_note_calendar after update of calendar on public.symbols
for each row when (old.calendar is distinct from new.calendar) execute function internal.note_symbols_calendar();
