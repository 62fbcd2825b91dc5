-- One statement a step of a fit, whatever the number of symbols and events.
create or replace function public.read_scheduled_events(p_symbols text[], p_from date, p_until date, p_known_by timestamptz) returns jsonb
language sql stable security definer set search_path = ''
as $$
  select coalesce(jsonb_object_agg(e.symbol, e.events), '{}')
  from (
    select s.symbol, jsonb_agg(jsonb_build_object(
      'date', e.event_date, 'kind', e.kind, 'time', e.time_of_day,
      -- To the second, and never earlier than it was.
      'known_at', to_char(date_trunc('second', e.known_at + interval '999999 microseconds') at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"')) order by e.event_date, e.kind) as events
    from public.symbols s
    join public.scheduled_events e on e.symbol_id = s.id
    where s.symbol = any (p_symbols) and e.event_date between p_from and p_until
      and (e.known_at is null or e.known_at <= p_known_by)
    group by s.symbol
  ) e
$$;
comment on function public.read_scheduled_events(text[], date, date, timestamptz) is
  'The events of symbols whose dates lie within p_from and p_until and were known by p_known_by, by symbol and in the order of their dates: {symbol: [{date, kind, '
  'time, known_at}, ...]}; a symbol without any is left out.';
revoke execute on function public.read_scheduled_events(text[], date, date, timestamptz) from public, anon, authenticated;
grant execute on function public.read_scheduled_events(text[], date, date, timestamptz) to service_role;
