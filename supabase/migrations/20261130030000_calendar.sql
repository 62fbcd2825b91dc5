-- Made from supabase/schemas by npm run build:migrations.

-- A function may name what is made after it.
set check_function_bodies = off;

-- calendar/tables/calendar_exceptions.sql
-- New York's trading calendar. Its rules are code (src/shared/series/trading-calendar.ts), which calendar/rows is written from; what the
-- exchange announces beside them an operator adds, and the schedule heeds it at once.
create table public.calendar_exceptions (
  session_date date not null,
  kind text not null,
  reason text not null,
  source text not null,
  announced_at timestamptz,
  primary key (session_date, source),
  constraint calendar_exceptions_kind_known check (kind in ('closed', 'half_day')),
  constraint calendar_exceptions_reason_is_given check (btrim(reason) <> ''),
  constraint calendar_exceptions_source_known check (source in ('rules', 'operator')),
  constraint calendar_exceptions_operators_say_when check ((source = 'operator') = (announced_at is not null)),
  -- At weekends there is no session that could be closed.
  constraint calendar_exceptions_are_weekdays check (extract(isodow from session_date) < 6)
);
comment on table public.calendar_exceptions is
  'Weekdays on which the New York Stock Exchange does not trade, or closes at 13:00, and why. Every other weekday is a full session. Where '
  'two rows speak of one date, closed wins.';
comment on column public.calendar_exceptions.session_date is 'The date in New York.';
comment on column public.calendar_exceptions.kind is 'closed: no session. half_day: the session closes at 13:00 New York time.';
comment on column public.calendar_exceptions.reason is 'The holiday, or what was announced.';
comment on column public.calendar_exceptions.source is
  'rules: written from the calendar of the code. operator: added by announce_closure.';
comment on column public.calendar_exceptions.announced_at is 'When an operator added it, UTC; null for rules.';

alter table public.calendar_exceptions enable row level security;
create policy calendar_exceptions_are_read_by_users on public.calendar_exceptions for select to authenticated using (true);
revoke all on public.calendar_exceptions from anon, authenticated, service_role;
grant select on public.calendar_exceptions to authenticated, service_role;

-- calendar/functions/announce_closure.sql
create or replace function public.announce_closure(p_date date, p_reason text, p_kind text default 'closed') returns jsonb
language plpgsql security definer set search_path = ''
as $$
declare
  v_closed text := internal.closed_because(p_date);
begin
  if p_kind is null or p_kind not in ('closed', 'half_day') then
    perform internal.refuse(400, 'unknown_kind', format('A closure is closed or half_day, not %s', p_kind));
  end if;
  if p_reason is null or btrim(p_reason) = '' then
    perform internal.refuse(400, 'no_reason', 'A closure needs its reason: it is what skipped slots will say');
  end if;
  if v_closed is not null and not exists (
    select from public.calendar_exceptions e where e.session_date = p_date and e.source = 'operator' and e.kind = 'closed') then
    perform internal.refuse(409, 'no_session', format('%s is no session: %s', p_date, v_closed));
  end if;
  insert into public.calendar_exceptions (session_date, kind, reason, source, announced_at)
  values (p_date, p_kind, btrim(p_reason), 'operator', now())
  on conflict (session_date, source) do update
    set kind = excluded.kind, reason = excluded.reason, announced_at = excluded.announced_at;
  return jsonb_build_object('date', p_date, 'kind', p_kind, 'reason', btrim(p_reason));
end
$$;
comment on function public.announce_closure(date, text, text) is
  'Adds a closure (or, with half_day, a close at 13:00) that the exchange announced, with its reason; the schedule heeds it at once. '
  'Repeating it with another reason or kind corrects it. Raises unknown_kind, no_reason, no_session, calendar_ends.';
revoke execute on function public.announce_closure(date, text, text) from public, anon, authenticated;
grant execute on function public.announce_closure(date, text, text) to service_role;

-- calendar/functions/closed_because.sql
create or replace function internal.closed_because(p_date date) returns text
language plpgsql stable set search_path = ''
as $$
declare
  v_last date;
begin
  if extract(isodow from p_date) = 6 then
    return 'Saturday';
  elsif extract(isodow from p_date) = 7 then
    return 'Sunday';
  end if;
  select make_date(extract(year from e.session_date)::integer, 12, 31) into v_last
  from public.calendar_exceptions e where e.source = 'rules'
  order by e.session_date desc limit 1;
  -- Beyond its last year the table would call every weekday a session.
  if p_date not between '1993-01-01' and v_last then
    perform internal.refuse(400, 'calendar_ends', format('The calendar knows 1993-01-01 to %s, not %s', v_last, p_date));
  end if;
  return (
    select e.reason from public.calendar_exceptions e
    where e.session_date = p_date and e.kind = 'closed'
    order by e.source limit 1);
end
$$;
comment on function internal.closed_because(date) is
  'Why New York does not trade on a date: Saturday, Sunday, the holiday or what was announced; null for a session. Raises calendar_ends. '
  'Twin: calendarException (src/shared/series/trading-calendar.ts), compared in test/database/trading-calendar.test.ts.';
revoke execute on function internal.closed_because(date) from public;

-- calendar/functions/is_half_day.sql
create or replace function internal.is_half_day(p_date date) returns boolean
language sql stable set search_path = ''
as $$
  select coalesce(bool_and(e.kind = 'half_day'), false) from public.calendar_exceptions e where e.session_date = p_date
$$;
comment on function internal.is_half_day(date) is 'Whether New York''s session of a date closes at 13:00; false when there is no session. '
  'Twin: isHalfDay (src/shared/series/trading-calendar.ts), compared in test/database/trading-calendar.test.ts.';
revoke execute on function internal.is_half_day(date) from public;

-- calendar/functions/is_session.sql
create or replace function internal.is_session(p_date date) returns boolean
language sql stable set search_path = ''
as $$
  select internal.closed_because(p_date) is null
$$;
comment on function internal.is_session(date) is 'Whether New York trades on a date. Raises calendar_ends.';
revoke execute on function internal.is_session(date) from public;

-- calendar/functions/not_issued_from.sql
create or replace function internal.not_issued_from(p_horizon text, p_bar_time timestamptz) returns boolean
language sql stable set search_path = ''
as $$
  select p_horizon = '8h' and internal.is_half_day((p_bar_time at time zone 'America/New_York')::date)
$$;
comment on function internal.not_issued_from(text, timestamptz) is
  'Whether no forecast over a horizon begins at the end of a bar: from a half day''s close, two half sessions ahead is 1D and not 8h. '
  'Twin: targetTime (src/shared/synthesis/target-time.ts), compared in test/database/computed-twice.test.ts.';
revoke execute on function internal.not_issued_from(text, timestamptz) from public;

-- calendar/functions/session_close.sql
create or replace function internal.session_close(p_date date) returns timestamptz
language plpgsql stable set search_path = ''
as $$
begin
  if internal.closed_because(p_date) is not null then
    return null;
  end if;
  return internal.new_york_time(p_date, case when internal.is_half_day(p_date) then '13:00'::time else '16:00' end);
end
$$;
comment on function internal.session_close(date) is
  'When New York''s session of a date closes: 16:00 there, 13:00 on a half day; null when there is no session. Raises calendar_ends. '
  'Twin: sessionClose (src/shared/series/trading-calendar.ts), compared in test/database/trading-calendar.test.ts.';
revoke execute on function internal.session_close(date) from public;

-- calendar/functions/withdraw_closure.sql
create or replace function public.withdraw_closure(p_date date) returns jsonb
language plpgsql security definer set search_path = ''
as $$
declare
  v_row public.calendar_exceptions;
begin
  delete from public.calendar_exceptions e where e.session_date = p_date and e.source = 'operator' returning e.* into v_row;
  if v_row.session_date is null then
    perform internal.refuse(404, 'not_announced', format('No operator announced anything for %s', p_date));
  end if;
  return jsonb_build_object('date', v_row.session_date, 'kind', v_row.kind, 'reason', v_row.reason);
end
$$;
comment on function public.withdraw_closure(date) is
  'Takes back what announce_closure added for a date. Raises not_announced: what the code''s calendar knows is changed in the code.';
revoke execute on function public.withdraw_closure(date) from public, anon, authenticated;
grant execute on function public.withdraw_closure(date) to service_role;
