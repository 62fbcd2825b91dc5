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
