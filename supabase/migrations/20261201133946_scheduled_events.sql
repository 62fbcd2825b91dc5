-- Made from supabase/schemas by npm run build:migrations.

-- A function may name what is made after it.
set check_function_bodies = off;

-- events/tables/scheduled_events.sql
create table public.scheduled_events (
  symbol_id bigint not null,
  symbol text not null,
  event_date date not null,
  kind text not null default 'earnings',
  time_of_day text,
  known_at timestamptz,
  source text,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  primary key (symbol_id, event_date, kind),
  foreign key (symbol_id, symbol) references public.symbols (id, symbol) on update cascade,
  constraint scheduled_events_date_is_plausible check (event_date between '1800-01-01' and '2200-01-01'),
  constraint scheduled_events_kind_format check (kind ~ '^[a-z][a-z0-9_]{0,31}$'),
  constraint scheduled_events_time_known check (time_of_day in ('before', 'after')),
  -- Twin: isKnownAfter (src/shared/market-data/event-files/known-at.ts), compared in test/database/scheduled-events.test.ts.
  constraint scheduled_events_known_by_their_date check (
    isfinite(known_at) and known_at <= (event_date + 1)::timestamp at time zone 'America/New_York'
  ),
  constraint scheduled_events_source_is_short check (source <> '' and length(source) <= 100)
);
comment on table public.scheduled_events is
  'What moves a symbol''s price on a date that is known beforehand, such as earnings. Written by store_scheduled_events, or by hand in Studio: '
  'symbol and event_date are enough. A forecast sees an event only if it was known at the forecast''s cutoff.';
comment on column public.scheduled_events.symbol_id is 'The symbol; filled in from its ticker.';
comment on column public.scheduled_events.symbol is 'Its ticker.';
comment on column public.scheduled_events.event_date is
  'The date at the exchange. Where that has no session, the next session has the event.';
comment on column public.scheduled_events.kind is 'Events of one kind move the price alike: earnings, or a word of one''s own.';
comment on column public.scheduled_events.time_of_day is
  'before: before the session opens. after: after it has closed. Null where it is not known.';
comment on column public.scheduled_events.known_at is
  'Since when the date is known, UTC. Null for history of which nobody wrote it down: then it counts as known from the close of the session '
  'before. An event that is still to come gets the moment at which it was stored.';
comment on column public.scheduled_events.source is 'Who says so; null where nobody did.';
comment on column public.scheduled_events.created_at is 'Stored, UTC.';
comment on column public.scheduled_events.updated_at is 'Last change, UTC.';

create trigger scheduled_events_touch before update on public.scheduled_events
for each row execute function internal.touch_updated_at();

alter table public.scheduled_events enable row level security;
create policy scheduled_events_are_read_by_users on public.scheduled_events for select to authenticated using (true);
revoke all on public.scheduled_events from anon, authenticated, service_role;
grant select on public.scheduled_events to authenticated, service_role;

-- events/functions/read_scheduled_events.sql
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

-- events/functions/store_scheduled_events.sql
create or replace function public.store_scheduled_events(p_events jsonb, p_replace boolean default false) returns jsonb
language plpgsql security definer set search_path = ''
as $$
declare
  v_unknown text[];
  v_twice text;
  v_inserted bigint;
  v_changed bigint;
  v_superseded text[];
begin
  if jsonb_typeof(p_events) is distinct from 'array' or jsonb_array_length(p_events) = 0 then
    perform internal.refuse(400, 'no_events', 'The upload holds no events');
  end if;
  -- Uploads come one after another: each counts what the one before it stored.
  perform pg_advisory_xact_lock(hashtext('plumbline.scheduled_events'));

  create temporary table given_events on commit drop as
  select s.id as symbol_id, e.symbol, e.event_date, e.kind, e.time_of_day, e.known_at, e.source, c.time_zone
  from (
    select upper(btrim(r.symbol)) as symbol, r.event_date, coalesce(nullif(lower(btrim(r.kind)), ''), 'earnings') as kind,
      nullif(lower(btrim(r.time_of_day)), '') as time_of_day, r.known_at, nullif(btrim(r.source), '') as source
    from jsonb_to_recordset(p_events) r (symbol text, event_date date, kind text, time_of_day text, known_at timestamptz, source text)
  ) e
  left join public.symbols s on s.symbol = e.symbol
  left join public.calendars c on c.name = s.calendar;

  select array_agg(distinct g.symbol) into v_unknown from pg_temp.given_events g where g.symbol_id is null;
  if v_unknown is not null then
    perform internal.refuse(404, 'unknown_symbol', internal.unknown_symbols_message(v_unknown));
  end if;
  select format('%s of %s on %s', g.kind, g.symbol, g.event_date) into v_twice
  from pg_temp.given_events g group by g.symbol, g.event_date, g.kind having count(*) > 1 order by g.symbol, g.event_date limit 1;
  if v_twice is not null then
    perform internal.refuse(400, 'duplicate_event', format('%s is there twice: a symbol has one event of a kind on a date', v_twice));
  end if;

  -- An empty field says nothing: what is stored stays.
  update public.scheduled_events e set
    time_of_day = coalesce(g.time_of_day, e.time_of_day),
    known_at = coalesce(g.known_at, e.known_at),
    source = coalesce(g.source, e.source)
  from pg_temp.given_events g
  where e.symbol_id = g.symbol_id and e.event_date = g.event_date and e.kind = g.kind
    and (g.time_of_day <> coalesce(e.time_of_day, '') or g.known_at <> coalesce(e.known_at, '-infinity') or g.source <> coalesce(e.source, ''));
  get diagnostics v_changed = row_count;
  insert into public.scheduled_events (symbol_id, symbol, event_date, kind, time_of_day, known_at, source)
  select g.symbol_id, g.symbol, g.event_date, g.kind, g.time_of_day, g.known_at, g.source
  from pg_temp.given_events g
  where not exists (
    select from public.scheduled_events e where e.symbol_id = g.symbol_id and e.event_date = g.event_date and e.kind = g.kind)
  order by g.symbol_id, g.event_date, g.kind;
  get diagnostics v_inserted = row_count;

  -- Dates ahead that the upload does not name, of what it names others of: it may have moved them.
  select array_agg(format('%s %s %s', e.symbol, e.kind, e.event_date) order by e.symbol, e.event_date, e.kind) into v_superseded
  from public.scheduled_events e
  join (select distinct g.symbol_id, g.kind, g.time_zone from pg_temp.given_events g) n on n.symbol_id = e.symbol_id and n.kind = e.kind
  where e.event_date > (now() at time zone n.time_zone)::date
    and not exists (
      select from pg_temp.given_events g where g.symbol_id = e.symbol_id and g.event_date = e.event_date and g.kind = e.kind);
  if p_replace then
    delete from public.scheduled_events e
    using (select distinct g.symbol_id, g.kind, g.time_zone from pg_temp.given_events g) n
    where n.symbol_id = e.symbol_id and n.kind = e.kind and e.event_date > (now() at time zone n.time_zone)::date
      and not exists (
        select from pg_temp.given_events g where g.symbol_id = e.symbol_id and g.event_date = e.event_date and g.kind = e.kind);
  end if;
  drop table pg_temp.given_events;

  return jsonb_build_object(
    'given', jsonb_array_length(p_events), 'inserted', v_inserted, 'changed', v_changed,
    'unchanged', jsonb_array_length(p_events) - v_inserted - v_changed,
    'deleted', case when p_replace then coalesce(cardinality(v_superseded), 0) else 0 end,
    'not_named', case when p_replace then 0 else coalesce(cardinality(v_superseded), 0) end,
    'superseded', to_jsonb(coalesce(v_superseded[:20], '{}')));
end
$$;
comment on function public.store_scheduled_events(jsonb, boolean) is
  'Stores events, [{symbol, event_date, kind, time_of_day, known_at, source}, ...], all or none; of each, symbol and event_date are enough. A stored event keeps '
  'what the upload leaves empty. An upload may name another date of an event that is still to come: with p_replace the dates after today that it does not name, of '
  'the symbols and kinds that it names, are deleted. {given, inserted, changed, unchanged, deleted, not_named (such dates that stayed), superseded (the first 20 of '
  'either)}. Raises no_events, unknown_symbol, duplicate_event, and what internal.complete_event raises.';
revoke execute on function public.store_scheduled_events(jsonb, boolean) from public, anon, authenticated;
grant execute on function public.store_scheduled_events(jsonb, boolean) to service_role;

-- events/functions/unknown_symbols_message.sql
create or replace function internal.unknown_symbols_message(p_symbols text[]) returns text
language sql stable set search_path = ''
as $$
  select format('There is no symbol %s%s: store its bars first, or leave its events out',
    string_agg(coalesce(quote_literal(left(u.symbol, 40)), 'without a name') || coalesce(' (renamed to ' || u.new_symbol || ')', ''), ', ' order by u.symbol)
      filter (where u.place <= 20),
    case when count(*) > 20 then format(' and %s more', count(*) - 20) else '' end)
  from (
    select n.symbol, row_number() over (order by n.symbol) as place, (
      select r.new_symbol from public.symbol_renames r where r.old_symbol = n.symbol order by r.id desc limit 1) as new_symbol
    from unnest(p_symbols) n(symbol)
  ) u
$$;
comment on function internal.unknown_symbols_message(text[]) is 'The refusal of events of symbols that are not there: the first 20 by name, with what they were renamed to.';
revoke execute on function internal.unknown_symbols_message(text[]) from public;

-- events/triggers/complete_event.sql
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
