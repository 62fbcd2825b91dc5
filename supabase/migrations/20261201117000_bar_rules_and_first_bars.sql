-- Made from supabase/schemas by npm run build:migrations.

-- A function may name what is made after it.
set check_function_bodies = off;

-- calendar/functions/bar_rules.sql
create or replace function public.bar_rules(p_symbol text) returns jsonb
language sql stable security definer set search_path = ''
as $$
  select jsonb_build_object(
    'largest_move', (
      select coalesce(m.value ->> p_symbol, m.value ->> 'default')::double precision from internal.setting('largest_move') m(value)),
    'calendar', internal.calendar_rules(coalesce((select s.calendar from public.symbols s where s.symbol = p_symbol), 'XNYS')))
$$;
comment on function public.bar_rules(text) is
  'What a symbol''s bars are checked by: {largest_move, calendar: {name, rule, time_zone, close, half_day_close, known_from, known_until, exceptions: '
  '[[date, kind], ...]}}, times as HH:MM; of New York only the exceptions that operators announced: the others are code. New York''s calendar for a symbol '
  'that is not registered.';
revoke execute on function public.bar_rules(text) from public, anon, authenticated;
grant execute on function public.bar_rules(text) to service_role;

-- calendar/functions/require_calendar.sql
create or replace function internal.require_calendar(p_calendar text) returns void
language plpgsql stable set search_path = ''
as $$
begin
  if not exists (select from public.calendars c where c.name = p_calendar) then
    perform internal.refuse(404, 'unknown_calendar', format('There is no calendar %s: name one of %s, or upload it first', p_calendar, (
      select string_agg(c.name, ', ' order by c.source desc, c.name) from public.calendars c)));
  end if;
end
$$;
comment on function internal.require_calendar(text) is 'Raises unknown_calendar, with the names of those that are there.';
revoke execute on function internal.require_calendar(text) from public;

-- ingestion/functions/ingestion_state.sql
create or replace function public.ingestion_state(p_symbol text, p_timeframe text, p_overlap integer) returns jsonb
language sql stable security definer set search_path = ''
as $$
  with series as (
    select b.* from public.bar_series b join public.symbols s on s.id = b.symbol_id
    where s.symbol = p_symbol and b.timeframe = p_timeframe
  ), formatted as (
    select to_char(x.bar_time at time zone 'UTC',
      case when p_timeframe = '1D' then 'YYYY-MM-DD' else 'YYYY-MM-DD"T"HH24:MI:SS"Z"' end) as bar_time
    from public.bars x join public.symbols s on s.id = x.symbol_id
    where s.symbol = p_symbol and x.timeframe = p_timeframe
    order by x.bar_time desc limit p_overlap
  )
  select jsonb_build_object(
    'stored', coalesce((select x.bars from series x), 0),
    'source', (select jsonb_build_object('provider', x.provider, 'feed', x.feed, 'adjustment', x.adjustment) from series x),
    'first', (select to_char(x.first_bar_time at time zone 'UTC', 'YYYY-MM-DD') from series x),
    'overlap', (select coalesce(jsonb_agg(f.bar_time order by f.bar_time), '[]') from formatted f))
$$;
comment on function public.ingestion_state(text, text, integer) is
  'What an ingestion goes on from: how many bars are stored and from where, the date of the first, and the times of the last p_overlap.';
revoke execute on function public.ingestion_state(text, text, integer) from public, anon, authenticated;
grant execute on function public.ingestion_state(text, text, integer) to service_role;

drop function internal.largest_move(text);
