create or replace function public.bar_rules(p_symbol text) returns jsonb
language sql stable security definer set search_path = ''
as $$
  select jsonb_build_object(
    'largest_move', (
      select coalesce(m.value ->> p_symbol, m.value ->> 'default')::double precision from internal.setting('largest_move') m(value)),
    'calendar', internal.calendar_rules(coalesce((select s.calendar from public.symbols s where s.symbol = p_symbol), 'XNYS')),
    'closes_only', exists (select from public.symbols s where s.symbol = p_symbol and s.covariate = 'level'))
$$;
comment on function public.bar_rules(text) is
  'What a symbol''s bars are checked by: {largest_move, calendar: {name, rule, time_zone, close, half_day_close, known_from, known_until, exceptions: '
  '[[date, kind], ...]}, closes_only}, times as HH:MM; of New York only the exceptions that operators announced: the others are code. New York''s calendar for a symbol '
  'that is not registered.';
revoke execute on function public.bar_rules(text) from public, anon, authenticated;
grant execute on function public.bar_rules(text) to service_role;
