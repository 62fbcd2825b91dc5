-- The planner expects many more rows than there are, so that Postgres would compile it at each call where it can, for thirty times as long
-- as it takes to run: reconcile, which asks it for every slot, took seconds instead of a tenth of one.
create or replace function internal.slot_times(p_from date, p_until date) returns table (
  slot text, slot_date date, local_time time, due_at timestamptz, closed_because text)
language sql stable set search_path = '' set jit = off
as $$
  select s.slot, d.date, t.local_time, internal.new_york_time(d.date, t.local_time),
    case when s.days = 'sessions' then d.closed_because end
  from (
    select n.session_date as date, x.because as closed_because, case when n.is_half_day then '13:00'::time else '16:00' end as close
    from internal.calendar_days('XNYS', p_from, p_until) n
    left join internal.dates_without_session(p_from, p_until) x on x.closed_date = n.session_date
  ) d
  cross join public.schedule_slots s
  cross join lateral (
    select unnest(s.local_times) as local_time
    union
    select d.close + a.after from unnest(s.after_close) a(after)
  ) t
$$;
comment on function internal.slot_times(date, date) is
  'Every time of every slot on the dates from p_from to p_until in New York, as an instant too, and why it is to be skipped there '
  '(no active symbol has a session; null: it is not). Raises calendar_ends.';
revoke execute on function internal.slot_times(date, date) from public;
