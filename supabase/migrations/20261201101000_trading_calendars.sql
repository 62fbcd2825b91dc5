-- Made from supabase/schemas by npm run build:migrations.

-- A function may name what is made after it.
set check_function_bodies = off;

-- calendar/tables/calendars.sql
-- On which dates an exchange has a session, and when that closes. A calendar's rule says which dates may be sessions; rows of
-- calendar_exceptions take some out, or shorten them.
create table public.calendars (
  name text primary key,
  rule text not null,
  time_zone text not null,
  close_time time not null,
  half_day_close time,
  known_from date not null,
  known_until date not null,
  source text not null,
  constraint calendars_name_format check (name = '24/7' or name ~ '^[A-Za-z0-9][A-Za-z0-9._-]{0,31}$'),
  constraint calendars_rule_known check (rule in ('new_york', 'every_day', 'weekdays')),
  constraint calendars_new_york_is_code check (rule <> 'new_york' or source = 'rules'),
  constraint calendars_half_days_are_shorter check (half_day_close < close_time),
  constraint calendars_end_after_they_begin check (known_until >= known_from),
  constraint calendars_source_known check (source in ('rules', 'operator'))
);
comment on table public.calendars is
  'The trading calendars: XNYS (New York), 24/7 (every day in UTC), weekdays (currencies), and those that were uploaded. A symbol has one of them.';
comment on column public.calendars.name is 'Name: XNYS, 24/7, weekdays, or an uploaded one such as XPAR.';
comment on column public.calendars.rule is
  'Which dates are sessions but for calendar_exceptions. new_york and weekdays: Monday to Friday. every_day: every date.';
comment on column public.calendars.time_zone is 'IANA time zone of its dates and closes.';
comment on column public.calendars.close_time is 'When a session closes there; 24:00 is the midnight that ends its date.';
comment on column public.calendars.half_day_close is 'When a half day closes; null where it has none.';
comment on column public.calendars.known_from is 'The first date that it knows.';
comment on column public.calendars.known_until is 'The last date that it knows.';
comment on column public.calendars.source is 'rules: written from the calendars of the code. operator: uploaded by store_calendar.';

alter table public.calendars enable row level security;
create policy calendars_are_read_by_users on public.calendars for select to authenticated using (true);
revoke all on public.calendars from anon, authenticated, service_role;
grant select on public.calendars to authenticated, service_role;

-- calendar/tables/calendar_changes.sql
create table public.calendar_changes (
  id bigint generated always as identity primary key,
  changed_at timestamptz not null default now(),
  actor text not null,
  calendar text not null references public.calendars (name),
  symbol_id bigint references public.symbols (id),
  figures jsonb not null
);
comment on table public.calendar_changes is
  'Calendars that were uploaded and that symbols were given, one row each time: who, when, what. Written by store_calendar and set_calendar.';
comment on column public.calendar_changes.id is 'Order.';
comment on column public.calendar_changes.changed_at is 'When, UTC.';
comment on column public.calendar_changes.actor is 'Who changed it.';
comment on column public.calendar_changes.calendar is 'The calendar that was uploaded, or given to the symbol.';
comment on column public.calendar_changes.symbol_id is 'The symbol that was given it; null for an upload.';
comment on column public.calendar_changes.figures is 'What the function answered: what changed.';

create index calendar_changes_by_calendar on public.calendar_changes (calendar, id);
create index calendar_changes_by_symbol on public.calendar_changes (symbol_id) where symbol_id is not null;

alter table public.calendar_changes enable row level security;
create policy calendar_changes_are_read_by_operators on public.calendar_changes for select to authenticated using ((select internal.may_read_operations()));
revoke all on public.calendar_changes from anon, authenticated, service_role;
grant select on public.calendar_changes to authenticated, service_role;

-- Written by hand: what the tables that exist need.
alter table public.calendar_exceptions add column calendar text not null default 'XNYS';
alter table public.calendar_exceptions drop constraint calendar_exceptions_pkey;
create unique index calendar_exceptions_key on public.calendar_exceptions (calendar, session_date, source);
alter table public.calendar_exceptions add constraint calendar_exceptions_pkey primary key using index calendar_exceptions_key;
alter table public.calendar_exceptions drop constraint calendar_exceptions_are_weekdays;
alter table public.calendar_exceptions drop constraint calendar_exceptions_source_known;
alter table public.calendar_exceptions add constraint calendar_exceptions_source_known check (source in ('rules', 'upload', 'operator')) not valid;
alter table public.calendar_exceptions add constraint calendar_exceptions_calendar_fkey
  foreign key (calendar) references public.calendars (name) not valid;
comment on table public.calendar_exceptions is
  'Dates on which an exchange does not trade although its calendar''s rule has a session, or closes early, and why. Where two rows speak of '
  'one date, closed wins.';
comment on column public.calendar_exceptions.session_date is 'The date at the exchange.';
comment on column public.calendar_exceptions.kind is 'closed: no session. half_day: the session closes at the calendar''s half_day_close, 13:00 in New York.';
comment on column public.calendar_exceptions.reason is 'The holiday, or what was announced.';
comment on column public.calendar_exceptions.source is
  'rules: written from the calendar of the code. upload: came with the calendar, by store_calendar. operator: added by announce_closure.';
comment on column public.calendar_exceptions.announced_at is 'When an operator added it, UTC; null for rules and uploads.';
comment on column public.calendar_exceptions.calendar is 'The calendar.';

alter table public.symbols add column calendar text not null default 'XNYS';
alter table public.symbols add constraint symbols_calendar_fkey foreign key (calendar) references public.calendars (name) not valid;
alter table public.symbols add constraint symbols_half_sessions_are_new_yorks check (calendar = 'XNYS' or horizons = '{1D}') not valid;
create index symbols_by_calendar on public.symbols (calendar) where active;
comment on column public.symbols.calendar is 'The trading calendar that its bars, forecasts and deadlines go by.';

drop function internal.closed_because(date);
drop function internal.is_half_day(date);
drop function internal.is_session(date);
drop function internal.session_close(date);
drop function public.announce_closure(date, text, text);
drop function public.withdraw_closure(date);

-- calendar/functions/announce_closure.sql
create or replace function public.announce_closure(p_date date, p_reason text, p_kind text default 'closed', p_calendar text default 'XNYS')
returns jsonb
language plpgsql security definer set search_path = ''
as $$
declare
  v_closed text := internal.closed_because(p_date, p_calendar);
begin
  if p_kind is null or p_kind not in ('closed', 'half_day') then
    perform internal.refuse(400, 'unknown_kind', format('A closure is closed or half_day, not %s', p_kind));
  end if;
  if p_reason is null or btrim(p_reason) = '' then
    perform internal.refuse(400, 'no_reason', 'A closure needs its reason: it is what skipped slots will say');
  end if;
  if p_kind = 'half_day' and (select c.half_day_close from public.calendars c where c.name = p_calendar) is null then
    perform internal.refuse(409, 'no_half_days', format('The calendar %s has no half days: it does not say when one closes', p_calendar));
  end if;
  if v_closed is not null and not exists (
    select from public.calendar_exceptions e
    where e.calendar = p_calendar and e.session_date = p_date and e.source = 'operator' and e.kind = 'closed') then
    perform internal.refuse(409, 'no_session', format('%s is no session of %s: %s', p_date, p_calendar, v_closed));
  end if;
  insert into public.calendar_exceptions (calendar, session_date, kind, reason, source, announced_at)
  values (p_calendar, p_date, p_kind, btrim(p_reason), 'operator', now())
  on conflict (calendar, session_date, source) do update
    set kind = excluded.kind, reason = excluded.reason, announced_at = excluded.announced_at;
  return jsonb_build_object('calendar', p_calendar, 'date', p_date, 'kind', p_kind, 'reason', btrim(p_reason));
end
$$;
comment on function public.announce_closure(date, text, text, text) is
  'Adds a closure (or, with half_day, an early close) that an exchange announced to its calendar, with its reason; the schedule heeds it at once. '
  'Repeating it with another reason or kind corrects it. Raises unknown_kind, no_reason, no_half_days, no_session, unknown_calendar, calendar_ends.';
revoke execute on function public.announce_closure(date, text, text, text) from public, anon, authenticated;
grant execute on function public.announce_closure(date, text, text, text) to service_role;

-- calendar/functions/bar_rules.sql
create or replace function public.bar_rules(p_symbol text) returns jsonb
language sql stable security definer set search_path = ''
as $$
  select jsonb_build_object('largest_move', internal.largest_move(p_symbol),
    'calendar', internal.calendar_rules(coalesce((select s.calendar from public.symbols s where s.symbol = p_symbol), 'XNYS')))
$$;
comment on function public.bar_rules(text) is
  'What a symbol''s bars are checked by: {largest_move, calendar: {name, rule, time_zone, close, half_day_close, known_from, known_until, exceptions: '
  '[[date, kind], ...]}}, times as HH:MM; of New York only the exceptions that operators announced: the others are code. New York''s calendar for a symbol '
  'that is not registered.';
revoke execute on function public.bar_rules(text) from public, anon, authenticated;
grant execute on function public.bar_rules(text) to service_role;

-- calendar/functions/calendar_days.sql
-- In plpgsql, which keeps its plan: a function in SQL is planned at each call.
create or replace function internal.calendar_days(p_calendar text, p_from date, p_until date) returns table (
  session_date date, closed_because text, is_half_day boolean, closes_at timestamptz)
language plpgsql stable set search_path = '' set jit = off
as $$
begin
  return query
    select d.date, d.closed_because, d.is_half_day,
      -- 24:00 is the midnight that ends the date.
      case when d.closed_because is null then (d.date + case when d.is_half_day then coalesce(d.half_day_close, d.close_time) else d.close_time end) at time zone d.time_zone end
    from (
      select g.date, c.half_day_close, c.close_time, c.time_zone, coalesce(x.is_half_day, false) as is_half_day,
        coalesce(case when c.rule <> 'every_day' then (array['Saturday', 'Sunday'])[extract(isodow from g.date)::integer - 5] end, x.reason)
          as closed_because
      from public.calendars c
      cross join (select g.day::date as date from generate_series(p_from::timestamp, p_until::timestamp, interval '1 day') g(day)) g
      left join (
        select e.session_date, (array_agg(e.reason order by e.source) filter (where e.kind = 'closed'))[1] as reason,
          bool_and(e.kind = 'half_day') as is_half_day
        from public.calendar_exceptions e
        where e.calendar = p_calendar and e.session_date between p_from and p_until
        group by e.session_date
      ) x on x.session_date = g.date
      where c.name = p_calendar
    ) d;
end
$$;
comment on function internal.calendar_days(text, date, date) is
  'The dates from p_from to p_until by a calendar, a row each: why there is no session (null for one), whether it is a half day, and when it closes. '
  'Outside of what the calendar knows it goes by its rule alone. No rows for a calendar that is not there. '
  'Twin: sessionClose (src/shared/series/trading-calendar.ts), compared in test/database/trading-calendar.test.ts.';
revoke execute on function internal.calendar_days(text, date, date) from public;
-- vw_expected_cutoffs and vw_run_health are read with their reader's rights and call it; the schema itself stays closed.
grant execute on function internal.calendar_days(text, date, date) to authenticated, service_role;

-- calendar/functions/calendar_rules.sql
create or replace function internal.calendar_rules(p_calendar text) returns jsonb
language sql stable set search_path = ''
as $$
  select jsonb_build_object('name', c.name, 'rule', c.rule, 'time_zone', c.time_zone, 'close', to_char(c.close_time, 'HH24:MI'),
    'half_day_close', to_char(c.half_day_close, 'HH24:MI'), 'known_from', c.known_from, 'known_until', c.known_until,
    'exceptions', (
      select coalesce(jsonb_agg(jsonb_build_array(x.session_date, x.kind) order by x.session_date), '[]')
      from (
        select e.session_date, case when bool_or(e.kind = 'closed') then 'closed' else 'half_day' end as kind
        from public.calendar_exceptions e
        -- What is code there is code where this is read.
        where e.calendar = c.name and e.source <> 'rules'
        group by e.session_date
      ) x))
  from public.calendars c where c.name = p_calendar
$$;
comment on function internal.calendar_rules(text) is
  'A calendar as TypeScript has it: {name, rule, time_zone, close, half_day_close, known_from, known_until, exceptions: [[date, kind], ...]}, times as HH:MM; '
  'of New York only the exceptions that operators announced: the others are code. Null for one that is not there.';
revoke execute on function internal.calendar_rules(text) from public;

-- calendar/functions/closed_because.sql
create or replace function internal.closed_because(p_date date, p_calendar text default 'XNYS') returns text
language plpgsql stable set search_path = ''
as $$
declare
  v_closed text;
begin
  perform internal.require_calendar(p_calendar);
  select d.closed_because into v_closed from internal.calendar_days(p_calendar, p_date, p_date) d;
  if v_closed is null and not exists (
    select from public.calendars c where c.name = p_calendar and p_date between c.known_from and c.known_until) then
    -- Beyond what it knows every date of its rule would be a session.
    perform internal.refuse(400, 'calendar_ends', (
      select format('The calendar %s knows %s to %s, not %s', c.name, c.known_from, c.known_until, p_date)
      from public.calendars c where c.name = p_calendar));
  end if;
  return v_closed;
end
$$;
comment on function internal.closed_because(date, text) is
  'Why there is no session on a date by a calendar: Saturday, Sunday, the holiday or what was announced; null for a session. Raises '
  'unknown_calendar, calendar_ends. '
  'Twin: newYorkException (src/shared/calendars/new-york-rules.ts), compared in test/database/trading-calendar.test.ts.';
revoke execute on function internal.closed_because(date, text) from public;

-- calendar/functions/is_half_day.sql
create or replace function internal.is_half_day(p_date date, p_calendar text default 'XNYS') returns boolean
language sql stable set search_path = ''
as $$
  select d.closed_because is null and d.is_half_day from internal.calendar_days(p_calendar, p_date, p_date) d
$$;
comment on function internal.is_half_day(date, text) is 'Whether the session of a date closes at the calendar''s half_day_close (13:00 in New York); false '
  'when there is no session. '
  'Twin: isHalfDay (src/shared/calendars/sessions.ts), compared in test/database/trading-calendar.test.ts.';
revoke execute on function internal.is_half_day(date, text) from public;

-- calendar/functions/is_session.sql
create or replace function internal.is_session(p_date date, p_calendar text default 'XNYS') returns boolean
language sql stable set search_path = ''
as $$
  select internal.closed_because(p_date, p_calendar) is null
$$;
comment on function internal.is_session(date, text) is 'Whether a date has a session by a calendar. Raises unknown_calendar, calendar_ends.';
revoke execute on function internal.is_session(date, text) from public;

-- calendar/functions/list_calendars.sql
create or replace function public.list_calendars() returns jsonb
language sql stable security definer set search_path = ''
as $$
  select jsonb_agg(internal.calendar_rules(c.name) order by c.source desc, c.name) from public.calendars c
$$;
comment on function public.list_calendars() is
  'All calendars as bar_rules gives them, those of the code first: [{name, rule, time_zone, close, half_day_close, known_from, known_until, exceptions}, ...].';
revoke execute on function public.list_calendars() from public, anon, authenticated;
grant execute on function public.list_calendars() to service_role;

-- calendar/functions/read_closures.sql
create or replace function internal.read_closures(p_closures jsonb, p_half_day_close time, p_known_from date, p_known_until date)
returns table (session_date date, kind text, reason text)
language plpgsql stable set search_path = ''
as $$
declare
  v_closure jsonb;
  v_fault text;
begin
  if jsonb_typeof(p_closures) is distinct from 'array' then
    perform internal.refuse(400, 'invalid_closures', 'Closures are a list of [date, kind, reason]; the reason may be left out');
  end if;
  for v_closure in select c.value from jsonb_array_elements(p_closures) c(value) loop
    begin
      session_date := case when v_closure ->> 0 ~ '^\d{4}-\d\d-\d\d$' then (v_closure ->> 0)::date end;
    exception when datetime_field_overflow or invalid_datetime_format then
      session_date := null;
    end;
    kind := v_closure ->> 1;
    v_fault := case
      when session_date is null or kind is null or kind not in ('closed', 'half_day') then format(
        'A closure is [date, kind] or [date, kind, reason] with a date as 2027-12-25 and closed or half_day, not %s', left(v_closure::text, 100))
      when session_date not between p_known_from and p_known_until then format(
        'The closure of %s is outside of the dates that the calendar knows, %s to %s', session_date, p_known_from, p_known_until)
      when kind = 'half_day' and p_half_day_close is null then format(
        '%s is a half day, and the calendar does not say when one closes', session_date)
    end;
    if v_fault is not null then
      perform internal.refuse(400, 'invalid_closures', v_fault);
    end if;
    reason := coalesce(nullif(btrim(left(v_closure ->> 2, 200)), ''), case kind when 'closed' then 'Closed' else 'Half day' end);
    return next;
  end loop;
end
$$;
comment on function internal.read_closures(jsonb, time, date, date) is
  'Closures of a calendar that is uploaded, [[date, kind, reason], ...], as rows; a reason that is missing is Closed or Half day. Raises invalid_closures: another '
  'form, a date that the calendar does not know, a half day although it has no close for one.';
revoke execute on function internal.read_closures(jsonb, time, date, date) from public;

-- calendar/functions/require_calendar.sql
create or replace function internal.require_calendar(p_calendar text) returns void
language plpgsql stable set search_path = ''
as $$
begin
  if not exists (select from public.calendars c where c.name = p_calendar) then
    perform internal.refuse(404, 'unknown_calendar', format('There is no calendar %s, but %s: name one of them, or upload it first', p_calendar, (
      select string_agg(c.name, ', ' order by c.source desc, c.name) from public.calendars c)));
  end if;
end
$$;
comment on function internal.require_calendar(text) is 'Raises unknown_calendar, with the names of those that are there.';
revoke execute on function internal.require_calendar(text) from public;

-- calendar/functions/require_calendar_definition.sql
create or replace function internal.require_calendar_definition(
  p_name text, p_rule text, p_time_zone text, p_close time, p_half_day_close time, p_known_from date, p_known_until date
) returns void
language plpgsql stable set search_path = ''
as $$
declare
  v_fault text;
begin
  if exists (select from public.calendars c where c.name = p_name and c.source = 'rules') then
    perform internal.refuse(409, 'built_in_calendar', format('%s is a calendar of the code: upload yours under another name', p_name));
  end if;
  v_fault := case
    when coalesce(p_name !~ '^[A-Za-z0-9][A-Za-z0-9._-]{0,31}$', true)
      then format('A calendar''s name has 1 to 32 of letters, digits, dot, underscore and hyphen, not "%s"', left(p_name, 40))
    when coalesce(p_rule not in ('weekdays', 'every_day'), true) then format('A calendar''s rule is weekdays or every_day, not "%s"', left(p_rule, 40))
    when not exists (select from pg_timezone_names z where z.name = p_time_zone)
      then format('"%s" is no time zone: name one of the IANA database, such as Europe/Paris', left(p_time_zone, 40))
    when coalesce(p_close <= '00:00', true) then format('Calendar %s needs its close, after 00:00 and up to 24:00, not %s', p_name, p_close)
    when p_half_day_close >= p_close
      then format('A half day of %s closes at %s, which is not before its close at %s', p_name, p_half_day_close, p_close)
    when coalesce(p_known_from > p_known_until, true)
      then format('Calendar %s needs the first and the last date that it knows, not %s to %s', p_name, p_known_from, p_known_until)
  end;
  if v_fault is not null then
    perform internal.refuse(400, 'invalid_calendar', v_fault);
  end if;
end
$$;
comment on function internal.require_calendar_definition(text, text, text, time, time, date, date) is
  'Raises built_in_calendar where the name is one of the code''s; invalid_calendar with what is wrong with the rest.';
revoke execute on function internal.require_calendar_definition(text, text, text, time, time, date, date) from public;

-- calendar/functions/session_close.sql
create or replace function internal.session_close(p_date date, p_calendar text default 'XNYS') returns timestamptz
language plpgsql stable set search_path = ''
as $$
begin
  if internal.closed_because(p_date, p_calendar) is not null then
    return null;
  end if;
  return (select d.closes_at from internal.calendar_days(p_calendar, p_date, p_date) d);
end
$$;
comment on function internal.session_close(date, text) is
  'When the session of a date closes by a calendar, its half days earlier; null when there is no session. Raises unknown_calendar, calendar_ends. '
  'Twin: sessionClose (src/shared/calendars/sessions.ts), compared in test/database/trading-calendar.test.ts.';
revoke execute on function internal.session_close(date, text) from public;

-- calendar/functions/set_calendar.sql
create or replace function public.set_calendar(p_symbol text, p_calendar text, p_actor text) returns jsonb
language plpgsql security definer set search_path = ''
as $$
declare
  v_actor text := internal.require_actor(p_actor);
  v_symbol public.symbols;
  v_result jsonb;
begin
  perform internal.require_calendar(p_calendar);
  select s.* into v_symbol from public.symbols s where s.symbol = p_symbol for update;
  if v_symbol.id is null then
    perform internal.refuse(404, 'unknown_symbol', format('There is no symbol %s', quote_nullable(left(p_symbol, 40))));
  elsif p_calendar <> 'XNYS' and (v_symbol.horizons <> '{1D}'
    or exists (select from public.bar_series b where b.symbol_id = v_symbol.id and b.timeframe <> '1D')) then
    perform internal.refuse(409, 'half_sessions_are_new_yorks', format(
      '%s has half sessions (4h, 8h), which are New York''s: its calendar stays XNYS. Upload its daily bars under another symbol', p_symbol));
  end if;
  v_result := jsonb_build_object('symbol', p_symbol, 'calendar', p_calendar, 'was', v_symbol.calendar, 'changed', v_symbol.calendar <> p_calendar);
  if v_symbol.calendar = p_calendar then
    return v_result;
  end if;
  update public.symbols s set calendar = p_calendar where s.id = v_symbol.id;
  insert into public.calendar_changes (actor, calendar, symbol_id, figures) values (v_actor, p_calendar, v_symbol.id, v_result);
  return v_result;
end
$$;
comment on function public.set_calendar(text, text, text) is
  'Gives a symbol its trading calendar: sessions, gaps, deadlines and scoring go by it from now on. {symbol, calendar, was, changed}. Raises no_actor, '
  'unknown_calendar, unknown_symbol, half_sessions_are_new_yorks.';
revoke execute on function public.set_calendar(text, text, text) from public, anon, authenticated;
grant execute on function public.set_calendar(text, text, text) to service_role;

-- calendar/functions/store_calendar.sql
create or replace function public.store_calendar(
  p_name text,
  p_time_zone text,
  p_close time,
  p_half_day_close time,
  p_known_from date,
  p_known_until date,
  p_closures jsonb,
  p_actor text,
  p_rule text default 'weekdays'
) returns jsonb
language plpgsql security definer set search_path = ''
as $$
declare
  v_actor text := internal.require_actor(p_actor);
  v_before public.calendars;
  v_given integer;
  v_twice date;
  v_result jsonb;
begin
  perform internal.require_calendar_definition(p_name, p_rule, p_time_zone, p_close, p_half_day_close, p_known_from, p_known_until);
  -- Uploads of one name come one after another.
  perform pg_advisory_xact_lock(hashtext('plumbline.calendar:' || p_name));
  select c.* into v_before from public.calendars c where c.name = p_name;
  insert into public.calendars as c (name, rule, time_zone, close_time, half_day_close, known_from, known_until, source)
  values (p_name, p_rule, p_time_zone, p_close, p_half_day_close, p_known_from, p_known_until, 'operator')
  on conflict (name) do update set rule = excluded.rule, time_zone = excluded.time_zone, close_time = excluded.close_time,
    half_day_close = excluded.half_day_close, known_from = excluded.known_from, known_until = excluded.known_until;

  create temporary table given on commit drop as
  select c.session_date, min(c.kind) as kind, max(c.kind) as other_kind, min(c.reason) as reason
  from internal.read_closures(p_closures, p_half_day_close, p_known_from, p_known_until) c
  group by c.session_date;
  select count(*), min(g.session_date) filter (where g.kind <> g.other_kind) into v_given, v_twice from pg_temp.given g;
  if v_twice is not null then
    perform internal.refuse(400, 'invalid_closures', format('%s is given as closed and as half_day: give it once', v_twice));
  end if;
  -- Lists of holidays have those on weekends too.
  delete from pg_temp.given g where p_rule = 'weekdays' and extract(isodow from g.session_date) > 5;

  with removed as (
    delete from public.calendar_exceptions e
    where e.calendar = p_name and e.source = 'upload' and not exists (select from pg_temp.given g where g.session_date = e.session_date)
    returning 1
  ), stored as (
    insert into public.calendar_exceptions as e (calendar, session_date, kind, reason, source)
    select p_name, g.session_date, g.kind, g.reason, 'upload' from pg_temp.given g
    on conflict (calendar, session_date, source) do update set kind = excluded.kind, reason = excluded.reason
    where (e.kind, e.reason) is distinct from (excluded.kind, excluded.reason)
    returning xmax = 0 as is_new
  )
  select jsonb_build_object(
    'calendar', p_name, 'is_new', v_before.name is null,
    'closures', (select count(*) from pg_temp.given),
    'left_out', v_given - (select count(*) from pg_temp.given),
    'added', count(*) filter (where s.is_new), 'changed', count(*) filter (where not s.is_new),
    'removed', (select count(*) from removed),
    'redefined', v_before.name is not null and (
      v_before.rule, v_before.time_zone, v_before.close_time, v_before.half_day_close, v_before.known_from, v_before.known_until)
      is distinct from (p_rule, p_time_zone, p_close, p_half_day_close, p_known_from, p_known_until))
  into v_result
  from stored s;
  drop table pg_temp.given;

  if v_result @> '{"is_new": false, "redefined": false, "added": 0, "changed": 0, "removed": 0}' then
    return v_result;
  end if;
  insert into public.calendar_changes (actor, calendar, figures) values (v_actor, p_name, v_result);
  return v_result;
end
$$;
comment on function public.store_calendar(text, text, time, time, date, date, jsonb, text, text) is
  'Stores an exchange''s calendar whole: its time zone (IANA), its closes there (24:00: the midnight that ends the date; the half days'' is null where there are none), '
  'the dates that it knows, and its closures in them, [[date, closed or half_day, reason], ...]. p_rule: weekdays, or every_day where weekends may be sessions. '
  'Again: its closures become those given; what was announced beside them stays. {calendar, is_new, closures, left_out (on weekends), added, changed, removed, redefined}. '
  'Raises no_actor, built_in_calendar, invalid_calendar, invalid_closures.';
revoke execute on function public.store_calendar(text, text, time, time, date, date, jsonb, text, text) from public, anon, authenticated;
grant execute on function public.store_calendar(text, text, time, time, date, date, jsonb, text, text) to service_role;

-- calendar/functions/withdraw_closure.sql
create or replace function public.withdraw_closure(p_date date, p_calendar text default 'XNYS') returns jsonb
language plpgsql security definer set search_path = ''
as $$
declare
  v_row public.calendar_exceptions;
begin
  delete from public.calendar_exceptions e
  where e.calendar = p_calendar and e.session_date = p_date and e.source = 'operator' returning e.* into v_row;
  if v_row.session_date is null then
    perform internal.refuse(404, 'not_announced', format('No operator announced anything for %s by the calendar %s', p_date, p_calendar));
  end if;
  return jsonb_build_object('calendar', v_row.calendar, 'date', v_row.session_date, 'kind', v_row.kind, 'reason', v_row.reason);
end
$$;
comment on function public.withdraw_closure(date, text) is
  'Takes back what announce_closure added for a date. Raises not_announced: what the code''s calendar knows is changed in the code, what was '
  'uploaded is uploaded anew.';
revoke execute on function public.withdraw_closure(date, text) from public, anon, authenticated;
grant execute on function public.withdraw_closure(date, text) to service_role;

-- calendar/rows/calendars.sql
-- Written by npm run build:rows from the trading calendars of the code. Do not edit: change them and write it again.
insert into public.calendars (name, rule, time_zone, close_time, half_day_close, known_from, known_until, source) values
  ('XNYS', 'new_york', 'America/New_York', '16:00', '13:00', '1993-01-01', '2060-12-31', 'rules'),
  ('24/7', 'every_day', 'UTC', '24:00', null, '1800-01-01', '2199-12-31', 'rules'),
  ('weekdays', 'weekdays', 'America/New_York', '17:00', null, '1800-01-01', '2199-12-31', 'rules')
on conflict (name) do update set
  rule = excluded.rule, time_zone = excluded.time_zone, close_time = excluded.close_time, half_day_close = excluded.half_day_close,
  known_from = excluded.known_from, known_until = excluded.known_until, source = excluded.source;
