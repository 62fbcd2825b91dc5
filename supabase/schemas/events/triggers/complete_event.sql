create or replace function internal.complete_event() returns trigger
language plpgsql set search_path = ''
as $$
declare
  v_today date;
  v_event text;
begin
  new.symbol := upper(btrim(new.symbol));
  new.kind := coalesce(nullif(lower(btrim(new.kind)), ''), 'earnings');
  new.time_of_day := nullif(lower(btrim(new.time_of_day)), '');
  new.source := nullif(btrim(new.source), '');
  v_event := format('%s of %s on %s', left(new.kind, 40), coalesce(left(new.symbol, 40), 'no symbol'), coalesce(new.event_date::text, 'no date'));
  select s.id, (now() at time zone c.time_zone)::date into new.symbol_id, v_today
  from public.symbols s join public.calendars c on c.name = s.calendar
  where s.symbol = new.symbol;
  if new.symbol_id is null then
    perform internal.refuse(404, 'unknown_symbol', internal.unknown_symbols_message(array[new.symbol]));
  elsif new.event_date is null then
    perform internal.refuse(400, 'invalid_date', format('%s: an event has a date, event_date', v_event));
  elsif new.event_date not between '1800-01-01' and v_today + 731 then
    perform internal.refuse(400, 'invalid_date', format(
      '%s: dates go from 1800-01-01 to two years from now; is the year right?', v_event));
  elsif new.kind !~ '^[a-z][a-z0-9_]{0,31}$' then
    perform internal.refuse(400, 'invalid_kind', format('%s: a kind is a word of 1 to 32 of a-z, 0-9 and "_"', v_event));
  elsif new.time_of_day not in ('before', 'after') then
    perform internal.refuse(400, 'invalid_event_time', format(
      '%s: time_of_day is "%s"; it is before, after, or empty where it is not known', v_event, left(new.time_of_day, 40)));
  elsif length(new.source) > 100 then
    perform internal.refuse(400, 'invalid_source', format('%s: source has %s characters; it has at most 100', v_event, length(new.source)));
  end if;

  -- A date that is moved is known since it was moved, unless it is said otherwise.
  if tg_op = 'UPDATE' and (new.symbol_id, new.event_date, new.kind) is distinct from (old.symbol_id, old.event_date, old.kind)
    and new.known_at is not distinct from old.known_at then
    new.known_at := null;
  end if;
  if new.event_date >= v_today then
    new.known_at := coalesce(new.known_at, now());
  end if;
  if new.known_at > now() + interval '1 day' then
    perform internal.refuse(400, 'invalid_known_at', format(
      '%s: known_at %s lies ahead; leave it empty, and it becomes the time of the upload', v_event, internal.utc_text(new.known_at)));
  elsif new.known_at > (new.event_date + 1)::timestamp at time zone 'America/New_York' or not isfinite(new.known_at) then
    perform internal.refuse(400, 'known_after_event', format(
      '%s: known_at %s lies after the event; leave it empty for history of which nobody wrote it down', v_event,
      case when isfinite(new.known_at) then internal.utc_text(new.known_at) else new.known_at::text end));
  end if;
  return new;
end
$$;
comment on function internal.complete_event() is
  'Trigger: fills in what a row of scheduled_events leaves out, and refuses what cannot be true, with a sentence: whoever writes into the table, '
  'Studio''s import too. Raises unknown_symbol, invalid_date, invalid_kind, invalid_event_time, invalid_source, invalid_known_at, known_after_event.';
revoke execute on function internal.complete_event() from public;

create trigger scheduled_events_complete before insert or update of symbol, event_date, kind, time_of_day, known_at, source
on public.scheduled_events for each row execute function internal.complete_event();
