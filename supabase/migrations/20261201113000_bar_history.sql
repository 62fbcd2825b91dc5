-- Made from supabase/schemas by npm run build:migrations.

-- A function may name what is made after it.
set check_function_bodies = off;

-- Made by hand: tables and what is dropped.
drop function public.ingest_bars(text, text, text, text, text, jsonb);
alter table public.bars drop constraint bars_adjustment_known;
alter table public.bars add constraint bars_adjustment_known check (adjustment in ('raw', 'split', 'dividend', 'all', 'unknown')) not valid;
comment on column public.bars.adjustment is 'What prices are adjusted for: raw, split, dividend, all; unknown where the source does not say.';

drop function public.store_requested_forecast(bigint, jsonb);

-- Older than anything that was forecast, until it is worked out below.
alter table public.bar_series add column restated_at timestamptz not null default '-infinity';
alter table public.bar_series add column restated_to timestamptz;
comment on column public.bar_series.stored_at is 'When the series last changed, UTC: bars came, changed or went.';
comment on column public.bar_series.restated_at is
  'When a stored bar last changed or went, or else when the series began, UTC. What was made of the bars before is of another series: it serves nobody. '
  'Bars that are added leave it as it is.';
comment on column public.bar_series.restated_to is
  'last_bar_time of that moment: no forecast from the series as it is now begins earlier. Null where no stored bar ever changed or went.';
create index bar_series_restated on public.bar_series (restated_at) where restated_to is not null;

alter table public.jobs add column bars_restated_at timestamptz;
comment on column public.jobs.bars_restated_at is
  'restated_at of its bars (bar_series) when it was claimed last: a result from bars that were restated since is not stored. Null without bars.';
grant select (bars_restated_at) on public.jobs to authenticated;

comment on table public.bar_gaps is
  'Bars that the symbol''s calendar has and its series lacks, whatever way its bars came: reported, never filled in. A gap that closes is deleted.';
comment on column public.bar_gaps.reason is
  'missing: there is no bar. incomplete: nor is there, for the provider gave only some of the half hours that a half session is made of.';
comment on column public.bar_gaps.noticed_at is 'When it was noticed, or the provider last asked for it, UTC.';

drop trigger bars_note_inserts on public.bars;
drop trigger bars_note_updates on public.bars;
drop trigger bars_note_deletions on public.bars;

-- series/functions/expected_bars.sql
create or replace function internal.expected_bars(p_calendar text, p_timeframe text, p_from date, p_until date)
returns table (session_date date, bar_time timestamptz)
language sql stable set search_path = ''
as $$
  -- The start of a half session: the second one begins where the first one ends, at 13:30, and a half day has none.
  select d.session_date, t.bar_time
  from public.calendars c
  cross join lateral internal.calendar_days(c.name, greatest(p_from, c.known_from), least(p_until, c.known_until)) d
  cross join lateral (
    select d.session_date::timestamp at time zone 'UTC' where p_timeframe = '1D'
    union all
    select (d.session_date + h.start) at time zone c.time_zone
    from (values (time '09:30', false), (time '13:30', true)) h(start, is_second)
    where p_timeframe = '4h' and not (h.is_second and d.is_half_day)
  ) t(bar_time)
  where c.name = p_calendar and d.closed_because is null
$$;
comment on function internal.expected_bars(text, text, date, date) is
  'The bars of 1D or 4h that a calendar''s sessions from p_from to p_until should have, but for dates that the calendar does not know.';
revoke execute on function internal.expected_bars(text, text, date, date) from public;

-- series/functions/gap_message.sql
create or replace function internal.gap_message(p_symbol text, p_timeframe text, p_bar_time timestamptz, p_calendar text) returns text
language sql stable set search_path = ''
as $$
  select format('%s has no %s bar of %s, a session of %s', p_symbol, p_timeframe,
    to_char(p_bar_time at time zone 'UTC', case when p_timeframe = '1D' then 'YYYY-MM-DD' else 'YYYY-MM-DD HH24:MI "UTC"' end), p_calendar)
$$;
comment on function internal.gap_message(text, text, timestamptz, text) is 'A missing bar in words, for bar_gaps.';
revoke execute on function internal.gap_message(text, text, timestamptz, text) from public;

-- series/functions/lacking_bars.sql
create or replace function internal.lacking_bars(p_symbol_id bigint, p_timeframe text, p_times timestamptz[]) returns text
language sql stable set search_path = ''
as $$
  select case when count(*) > 0 then format('%s of %s stored bars (%s%s, from %s to %s)',
    count(*), (select s.bars from public.bar_series s where s.symbol_id = p_symbol_id and s.timeframe = p_timeframe),
    string_agg(l.name, ', ' order by l.bar_time) filter (where l.place <= 5),
    case when count(*) > 5 then format(' and %s more', count(*) - 5) else '' end,
    min(l.name), max(l.name)) end
  from (
    select x.bar_time, row_number() over (order by x.bar_time) as place,
      to_char(x.bar_time at time zone 'UTC', case when p_timeframe = '1D' then 'YYYY-MM-DD' else 'YYYY-MM-DD HH24:MI' end) as name
    from (
      -- Never a nested loop, whatever the planner expects.
      select b.bar_time from public.bars b where b.symbol_id = p_symbol_id and b.timeframe = p_timeframe
      except
      select i.bar_time from unnest(p_times) i(bar_time)
    ) x
  ) l
$$;
comment on function internal.lacking_bars(bigint, text, timestamptz[]) is
  'Which stored bars are not among p_times, in words: how many of how many, the first five and the span; null when none is lacking.';
revoke execute on function internal.lacking_bars(bigint, text, timestamptz[]) from public;

-- series/functions/note_gaps.sql
create or replace function internal.note_gaps(p_symbol_id bigint, p_timeframe text, p_first timestamptz, p_last timestamptz) returns void
language plpgsql set search_path = '' set jit = off set enable_nestloop = off
as $$
declare
  v_series public.bar_series;
  v_symbol public.symbols;
  v_from timestamptz;
  v_until timestamptz;
  v_missing timestamptz[];
begin
  -- Bars of 8h are made of those of 4h, and lack what those lack.
  if p_timeframe not in ('1D', '4h') then
    return;
  end if;
  select b.* into v_series from public.bar_series b where b.symbol_id = p_symbol_id and b.timeframe = p_timeframe;
  if v_series.bars is null then
    delete from public.bar_gaps g where g.symbol_id = p_symbol_id and g.timeframe = p_timeframe;
    return;
  end if;
  select s.* into v_symbol from public.symbols s where s.id = p_symbol_id;
  -- From the bar before to the bar after what changed: nothing else of the series is looked at.
  select max(b.bar_time) into v_from from public.bars b
  where b.symbol_id = p_symbol_id and b.timeframe = p_timeframe and b.bar_time < p_first;
  select min(b.bar_time) into v_until from public.bars b
  where b.symbol_id = p_symbol_id and b.timeframe = p_timeframe and b.bar_time > p_last;
  v_from := coalesce(v_from, v_series.first_bar_time);
  v_until := coalesce(v_until, v_series.last_bar_time);

  -- Before the first bar and after the last one nothing is missing; what a provider was asked for and did not give, store_ingestion says.
  delete from public.bar_gaps g
  where g.symbol_id = p_symbol_id and g.timeframe = p_timeframe
    and (g.bar_time >= p_first and g.bar_time < v_series.first_bar_time or g.bar_time <= p_last and g.bar_time > v_series.last_bar_time);
  -- As sets, and in the function's settings no nested loop: of bars that have only just come the planner expects one.
  v_missing := array(
    select e.bar_time
    from internal.expected_bars(v_symbol.calendar, p_timeframe, (v_from at time zone 'UTC')::date, (v_until at time zone 'UTC')::date) e
    where e.bar_time > v_from and e.bar_time < v_until
    except
    select b.bar_time from public.bars b
    where b.symbol_id = p_symbol_id and b.timeframe = p_timeframe and b.bar_time between v_from and v_until);
  delete from public.bar_gaps g
  where g.symbol_id = p_symbol_id and g.timeframe = p_timeframe and g.bar_time between v_from and v_until
    and not exists (select from unnest(v_missing) m(bar_time) where m.bar_time = g.bar_time);
  insert into public.bar_gaps (symbol_id, timeframe, bar_time, reason, message)
  select p_symbol_id, p_timeframe, m.bar_time, 'missing', internal.gap_message(v_symbol.symbol, p_timeframe, m.bar_time, v_symbol.calendar)
  from unnest(v_missing) m(bar_time)
  on conflict (symbol_id, timeframe, bar_time) do nothing;
end
$$;
comment on function internal.note_gaps(bigint, text, timestamptz, timestamptz) is
  'Keeps bar_gaps of a series where bars from p_first to p_last came or went: what the symbol''s calendar has between the bar before them and the bar '
  'after them, and no bar is stored of. It reads and writes as many rows as that span has sessions. What is known of a gap stays.';
revoke execute on function internal.note_gaps(bigint, text, timestamptz, timestamptz) from public;

-- series/functions/recount_gaps.sql
create or replace function internal.recount_gaps(p_symbol_id bigint) returns void
language plpgsql set search_path = ''
as $$
declare
  v_series public.bar_series;
begin
  -- Who stores bars of it comes before or after, and not between.
  perform from public.symbols s where s.id = p_symbol_id for no key update;
  for v_series in select b.* from public.bar_series b where b.symbol_id = p_symbol_id order by b.timeframe loop
    perform internal.note_gaps(p_symbol_id, v_series.timeframe, v_series.first_bar_time, v_series.last_bar_time);
  end loop;
end
$$;
comment on function internal.recount_gaps(bigint) is 'Keeps bar_gaps of all bars of a symbol: its calendar is another one, or says something else.';
revoke execute on function internal.recount_gaps(bigint) from public;

-- series/functions/recount_series.sql
create or replace function internal.recount_series(p_symbol_id bigint, p_timeframe text, p_is_restated boolean) returns void
language plpgsql set search_path = ''
as $$
declare
  -- Not now(): a transaction that began earlier may have waited, and what others stored meanwhile, of the bars before, is older than this.
  v_at constant timestamptz := clock_timestamp();
begin
  insert into public.bar_series as s (
    symbol_id, timeframe, bars, first_bar_time, last_bar_time, stored_at, provider, feed, adjustment, restated_at)
  select p_symbol_id, p_timeframe, count(*), min(b.bar_time), max(b.bar_time), max(b.ingested_at), max(b.provider), max(b.feed),
    max(b.adjustment), min(b.ingested_at)
  from public.bars b
  where b.symbol_id = p_symbol_id and b.timeframe = p_timeframe
  having count(*) > 0
  on conflict (symbol_id, timeframe) do update set
    bars = excluded.bars, first_bar_time = excluded.first_bar_time, last_bar_time = excluded.last_bar_time, provider = excluded.provider,
    feed = excluded.feed, adjustment = excluded.adjustment,
    restated_at = case when p_is_restated then greatest(v_at, s.restated_at + interval '1 microsecond')
      when s.restated_to is null then excluded.restated_at else s.restated_at end,
    restated_to = case when p_is_restated then excluded.last_bar_time else s.restated_to end,
    stored_at = case when p_is_restated then greatest(v_at, s.restated_at + interval '1 microsecond', excluded.stored_at)
      when s.restated_to is not null then greatest(s.restated_at, excluded.stored_at)
      else excluded.stored_at end;
  if not found then
    delete from public.bar_series s where s.symbol_id = p_symbol_id and s.timeframe = p_timeframe;
  end if;
end
$$;
comment on function internal.recount_series(bigint, text, boolean) is
  'Counts a series of bar_series anew from its bars; with p_is_restated a stored bar changed or went. A series without bars has no row.';
revoke execute on function internal.recount_series(bigint, text, boolean) from public;

-- series/functions/stored_bars_around.sql
-- Where an upload joins what is stored: the gate checks both together.
create or replace function public.stored_bars_around(
  p_symbol text,
  p_timeframe text,
  p_first timestamptz,
  p_last timestamptz,
  p_margin integer
) returns jsonb
language sql stable security definer set search_path = ''
as $$
  with series as (
    select b.symbol_id, b.timeframe, b.stored_at
    from public.symbols s
    join public.bar_series b on b.symbol_id = s.id and b.timeframe = p_timeframe
    where s.symbol = p_symbol
  ), around as (
    (select x.* from public.bars x join series s on s.symbol_id = x.symbol_id and s.timeframe = x.timeframe
     where x.bar_time < p_first order by x.bar_time desc limit p_margin)
    union all
    (select x.* from public.bars x join series s on s.symbol_id = x.symbol_id and s.timeframe = x.timeframe
     where x.bar_time between p_first and p_last)
    union all
    (select x.* from public.bars x join series s on s.symbol_id = x.symbol_id and s.timeframe = x.timeframe
     where x.bar_time > p_last order by x.bar_time limit p_margin)
  )
  select jsonb_build_object(
    'stored_at', (select s.stored_at from series s),
    'times', coalesce(jsonb_agg(
      to_char(b.bar_time at time zone 'UTC',
        case when p_timeframe = '1D' then 'YYYY-MM-DD' else 'YYYY-MM-DD"T"HH24:MI:SS"Z"' end)
      order by b.bar_time), '[]'),
    'open', coalesce(jsonb_agg(b.open order by b.bar_time), '[]'),
    'high', coalesce(jsonb_agg(b.high order by b.bar_time), '[]'),
    'low', coalesce(jsonb_agg(b.low order by b.bar_time), '[]'),
    'close', coalesce(jsonb_agg(b.close order by b.bar_time), '[]'),
    'volume', coalesce(jsonb_agg(b.volume order by b.bar_time), '[]'))
  from around b
$$;
comment on function public.stored_bars_around(text, text, timestamptz, timestamptz, integer) is
  'The stored bars from p_margin bars before p_first to p_margin bars after p_last, by column as read_series gives them, and stored_at, which '
  'ingest_bars takes as p_stored_at. stored_at is null, and the columns are empty, where nothing is stored.';
revoke execute on function public.stored_bars_around(text, text, timestamptz, timestamptz, integer) from public, anon, authenticated;
grant execute on function public.stored_bars_around(text, text, timestamptz, timestamptz, integer) to service_role;

-- series/triggers/note_bars.sql
create or replace function internal.note_bars() returns trigger
language plpgsql set search_path = ''
as $$
declare
  v_new record;
  v_is_restated boolean;
  v_moved record;
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
      v_is_restated := tg_op <> 'INSERT';
      if tg_op = 'UPDATE' then
        -- A new version of a bar, and not what is said of it beside its prices.
        -- Grouped, for a join's plan is kept and made for as many bars as changed first.
        select count(*) > 0 as is_restated, min(d.bar_time) filter (where d.is_gone) as first, max(d.bar_time) filter (where d.is_gone) as last
        into v_moved
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
        v_is_restated := v_moved.is_restated;
      end if;
      perform internal.recount_series(v_new.symbol_id, v_new.timeframe, v_is_restated);
    end if;
    -- A new version of a bar is where the one before it was, unless its time was what was wrong.
    if tg_op <> 'UPDATE' then
      perform internal.note_gaps(v_new.symbol_id, v_new.timeframe, v_new.first, v_new.last);
    elsif v_moved.first is not null then
      perform internal.note_gaps(v_new.symbol_id, v_new.timeframe, least(v_new.first, v_moved.first), greatest(v_new.last, v_moved.last));
    end if;
    -- A window depends on no bar after its last: bars that are added at the end find none.
    perform internal.note_window_validity(array(
      select v.metrics_id from public.window_validity v
      where v.symbol_id = v_new.symbol_id and v.timeframe = v_new.timeframe and v.last_bar_time >= v_new.first));
  end loop;
  return null;
end
$$;
comment on function internal.note_bars() is
  'Trigger: keeps bar_series, bar_gaps, and whether the windows over bars that changed still stand.';
revoke execute on function internal.note_bars() from public;

create trigger bars_note_inserts after insert on public.bars
referencing new table as changed for each statement execute function internal.note_bars();
create trigger bars_note_updates after update on public.bars
referencing old table as before new table as changed for each statement execute function internal.note_bars();
create trigger bars_note_deletions after delete on public.bars
referencing old table as changed for each statement execute function internal.note_bars();

-- calendar/functions/days_of_calendars_in_use.sql
-- Nor may one upload stop the schedule of everybody: where an uploaded calendar ends, its rule alone goes on (see the check calendar of vw_run_health).
create or replace function internal.days_of_calendars_in_use(p_from date, p_until date) returns table (
  calendar text, session_date date, closed_because text, is_half_day boolean, closes_at timestamptz)
language plpgsql stable rows 40 set search_path = '' set jit = off
as $$
declare
  v_new_york public.calendars;
begin
  select c.* into v_new_york from public.calendars c where c.name = 'XNYS';
  if p_from < v_new_york.known_from or p_until > v_new_york.known_until then
    perform internal.refuse(400, 'calendar_ends', format('The calendar XNYS knows %s to %s, not %s', v_new_york.known_from, v_new_york.known_until,
      case when p_from < v_new_york.known_from then p_from else p_until end));
  end if;
  return query
    select u.name, d.*
    from (
      -- By an index, which exists would not take.
      select c.name from public.calendars c where (select max(s.calendar) from public.symbols s where s.calendar = c.name and s.active) is not null
      union all
      select 'XNYS' where not exists (select from public.symbols s where s.active)
    ) u
    cross join lateral internal.calendar_days(u.name, p_from, p_until) d;
end
$$;
comment on function internal.days_of_calendars_in_use(date, date) is
  'The dates from p_from to p_until, as calendar_days gives them, by every calendar that an active symbol has; New York''s where no symbol is active. Raises '
  'calendar_ends beyond New York''s calendar.';
revoke execute on function internal.days_of_calendars_in_use(date, date) from public;

-- calendar/triggers/note_calendar.sql
create or replace function internal.note_calendar() returns trigger
language plpgsql set search_path = ''
as $$
begin
  if tg_table_name = 'symbols' then
    perform internal.recount_gaps(new.id);
    return null;
  end if;
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
comment on function internal.note_calendar() is 'Trigger: recounts the gaps of a symbol that gets another calendar, and of the symbols of a calendar that is defined anew.';
revoke execute on function internal.note_calendar() from public;

create trigger symbols_note_calendar after update of calendar on public.symbols
for each row when (old.calendar is distinct from new.calendar) execute function internal.note_calendar();
create trigger calendars_note_definition after update on public.calendars
for each row when ((old.rule, old.time_zone, old.known_from, old.known_until) is distinct from (new.rule, new.time_zone, new.known_from, new.known_until))
execute function internal.note_calendar();

-- calendar/triggers/note_exceptions.sql
create or replace function internal.note_exceptions() returns trigger
language plpgsql set search_path = ''
as $$
declare
  v_days jsonb;
begin
  if tg_op = 'UPDATE' then
    -- Another reason opens and closes nothing.
    select jsonb_agg(distinct jsonb_build_object('calendar', c.calendar, 'date', c.session_date)) into v_days
    from changed c
    where not exists (
      select from before b where b.calendar = c.calendar and b.session_date = c.session_date and b.source = c.source and b.kind = c.kind);
  else
    select jsonb_agg(distinct jsonb_build_object('calendar', c.calendar, 'date', c.session_date)) into v_days from changed c;
  end if;
  if v_days is null then
    return null;
  end if;
  with day as materialized (
    select d.calendar, d.date, t.timeframe, array(select e.bar_time from internal.expected_bars(d.calendar, t.timeframe, d.date, d.date) e) as expected
    from jsonb_to_recordset(v_days) as d(calendar text, date date)
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
  on conflict (symbol_id, timeframe, bar_time) do nothing;
  return null;
end
$$;
comment on function internal.note_exceptions() is
  'Trigger: a closure that is announced, uploaded or taken back closes gaps and opens them: of each symbol of its calendar only those dates are looked at.';
revoke execute on function internal.note_exceptions() from public;

create trigger calendar_exceptions_note_new_ones after insert on public.calendar_exceptions
referencing new table as changed for each statement execute function internal.note_exceptions();
create trigger calendar_exceptions_note_changed_ones after update on public.calendar_exceptions
referencing old table as before new table as changed for each statement execute function internal.note_exceptions();
create trigger calendar_exceptions_note_deleted_ones after delete on public.calendar_exceptions
referencing old table as changed for each statement execute function internal.note_exceptions();

-- queue/functions/begin_job_anew.sql
create or replace function internal.begin_job_anew(p_job public.jobs) returns boolean
language plpgsql set search_path = ''
as $$
begin
  if p_job.bars_restated_at is null
    or internal.lock_restated_at(p_job.payload ->> 'symbol', p_job.payload ->> 'horizon') is not distinct from p_job.bars_restated_at then
    return false;
  end if;
  delete from public.job_checkpoints c where c.job_id = p_job.id;
  update public.jobs
  set status = 'queued', lease_token = null, lease_until = null, attempts = greatest(attempts - 1, 0), progress = 0
  where id = p_job.id;
  perform internal.request_workers(1, false);
  return true;
end
$$;
comment on function internal.begin_job_anew(public.jobs) is
  'Gives a job back to the queue, from its beginning, when its bars were restated since it was claimed; whether they were.';
revoke execute on function internal.begin_job_anew(public.jobs) from public;

-- queue/functions/claim_job.sql
create or replace function public.claim_job(p_kinds text[], p_code_version text, p_request bigint default null) returns jsonb
language plpgsql security definer set search_path = ''
as $$
declare
  v_next record;
  v_id bigint;
  v_job public.jobs;
  v_series public.bar_series;
begin
  -- Kind by kind and priority by priority, each by one look into an index: however many jobs wait, and however many may not be claimed yet.
  for v_next in
    with recursive queued as (
      select k.kind, (
        select min(j.priority) from public.jobs j where j.kind = k.kind and j.status = 'queued' and j.attempts < j.max_attempts) as priority
      from unnest(p_kinds) k(kind)
      union all
      select q.kind, (
        select min(j.priority) from public.jobs j
        where j.kind = q.kind and j.status = 'queued' and j.attempts < j.max_attempts and j.priority > q.priority)
      from queued q where q.priority is not null
    )
    select q.kind, q.priority, false as stalled from queued q where q.priority is not null
    union
    select j.kind, j.priority, true from public.jobs j
    where j.status = 'running' and j.lease_until < now() and j.attempts < j.max_attempts and j.kind = any (p_kinds)
    order by priority, stalled desc, kind
  loop
    if v_next.stalled then
      select j.id into v_id from public.jobs j
      where j.status = 'running' and j.lease_until < now() and j.attempts < j.max_attempts
        and j.kind = v_next.kind and j.priority = v_next.priority
      order by j.lease_until
      limit 1
      for update skip locked;
    else
      select j.id into v_id from public.jobs j
      where j.kind = v_next.kind and j.priority = v_next.priority and j.status = 'queued' and j.attempts < j.max_attempts
        and j.run_after <= now()
      order by j.run_after, j.id
      limit 1
      for update skip locked;
    end if;
    exit when v_id is not null;
  end loop;

  if v_id is null then
    return null;
  end if;

  -- What the worker is about to read is at least as new.
  select b.* into v_series
  from public.jobs j
  join public.symbols s on s.symbol = j.payload ->> 'symbol'
  join public.bar_series b on b.symbol_id = s.id and b.timeframe = internal.timeframe_of(j.payload ->> 'horizon')
  where j.id = v_id;
  update public.jobs j
  set status = 'running', lease_token = gen_random_uuid(), attempts = j.attempts + 1, worker_request_id = p_request,
    bars_restated_at = v_series.restated_at,
    -- A series that lost bars since it was planned has no such bar any more.
    payload = case when (j.payload ->> 'last_bar')::integer >= v_series.bars
      then j.payload || jsonb_build_object('last_bar', v_series.bars - 1) else j.payload end,
    lease_until = now() + make_interval(secs => (internal.setting('lease_seconds') #>> '{}')::double precision)
  where j.id = v_id
  returning j.* into v_job;
  update public.worker_requests
  set claimed_at = coalesce(claimed_at, now()), alive_until = v_job.lease_until
  where id = p_request;

  -- Its run, and those that joined it; in their order, as ending jobs take them.
  update public.runs r
  set status = 'running', started_at = coalesce(r.started_at, now()), code_version = p_code_version
  where r.id in (
    select l.id from public.runs l
    where l.id = any (array(select v_job.run_id union all select x.run_id from public.joined_jobs x where x.job_id = v_job.id))
      and (l.status = 'queued' or l.code_version is distinct from p_code_version)
    order by l.id
    for no key update);

  return (
    select jsonb_build_object(
      'id', v_job.id, 'run_id', v_job.run_id, 'kind', v_job.kind, 'payload', (v_job.payload - 'settings_id') || coalesce(s.settings, '{}'),
      'lease_token', v_job.lease_token, 'attempt', v_job.attempts,
      'configuration', k.configuration, 'config_hash', k.config_hash,
      'on_member_failure', r.on_member_failure, 'checkpoint', c.checkpoint)
    from public.runs r
    left join public.configurations k on k.config_hash = coalesce(v_job.config_hash, r.config_hash)
    left join public.job_settings s on s.id = (v_job.payload ->> 'settings_id')::smallint
    left join public.job_checkpoints c on c.job_id = v_job.id
    where r.id = v_job.run_id);
end
$$;
comment on function public.claim_job(text[], text, bigint) is
  'Leases the next job of these kinds to the caller, with its checkpoint and what it was planned with; null when there is none. Of one '
  'priority the job that may be claimed longest comes first. A lease that ran out is claimed again. Concurrent callers never get the same '
  'job. p_request: the worker_requests row that the caller answers; null for a caller by hand.';
revoke execute on function public.claim_job(text[], text, bigint) from public, anon, authenticated;
grant execute on function public.claim_job(text[], text, bigint) to service_role;

-- queue/functions/complete_job.sql
create or replace function public.complete_job(p_job_id bigint, p_lease_token uuid, p_result jsonb) returns void
language plpgsql security definer set search_path = ''
as $$
declare
  v_job public.jobs;
  v_stores_result text;
  v_result jsonb;
begin
  v_job := internal.held_job(p_job_id, p_lease_token);
  if internal.begin_job_anew(v_job) then
    return;
  end if;
  select k.stores_result into strict v_stores_result from public.job_kinds k where k.kind = v_job.kind;
  execute format('select internal.%I($1, $2)', v_stores_result) into v_result using v_job, p_result;
  if v_result is not null then
    update public.jobs set result = v_result where id = v_job.id;
  end if;
  perform internal.end_job(v_job, 'succeeded', null, null);
  perform internal.request_workers(1, false);
end
$$;
comment on function public.complete_job(bigint, uuid, jsonb) is
  'Stores a job''s result, with the function that job_kinds names, and ends it, in one transaction: exactly once, or lease_lost. A result from bars '
  'that were restated since the job was claimed is thrown away: the job waits again.';
revoke execute on function public.complete_job(bigint, uuid, jsonb) from public, anon, authenticated;
grant execute on function public.complete_job(bigint, uuid, jsonb) to service_role;

-- ingestion/functions/store_ingestion.sql
create or replace function internal.store_ingestion(p_job public.jobs, p_result jsonb) returns jsonb
language plpgsql set search_path = ''
as $$
declare
  v_symbol text := p_job.payload ->> 'symbol';
  v_timeframe text := p_job.payload ->> 'timeframe';
  v_source jsonb := p_job.payload -> 'source';
  v_whole boolean := (p_result ->> 'whole')::boolean;
  v_symbol_id bigint;
  v_calendar text;
  v_lacking text;
  v_stored jsonb;
  v_gaps integer;
begin
  select s.id, s.calendar into strict v_symbol_id, v_calendar from public.symbols s where s.symbol = v_symbol for update;
  if v_whole then
    v_lacking := internal.lacking_bars(v_symbol_id, v_timeframe, array(
      select (i.value ->> 0)::timestamptz from jsonb_array_elements(p_result -> 'bars') i));
    if v_lacking is not null then
      perform internal.refuse(409, 'restated_history', format(
        'The whole series that %s gave of %s %s lacks %s: nothing was stored. A restated series must hold every stored bar; where they were never true, '
        'forget_series makes room for the new series', v_source ->> 'provider', v_symbol, v_timeframe, v_lacking));
    end if;
  end if;

  v_stored := public.ingest_bars(v_symbol, v_timeframe, v_source ->> 'provider', v_source ->> 'feed',
    v_source ->> 'adjustment', p_result -> 'bars');

  -- What lies between stored bars the bars' trigger knows. Beyond them the provider was asked anew, and is known anew.
  delete from public.bar_gaps g
  using public.bar_series b
  where g.symbol_id = v_symbol_id and g.timeframe = v_timeframe and g.bar_time >= (p_result ->> 'from')::timestamptz
    and b.symbol_id = g.symbol_id and b.timeframe = g.timeframe and g.bar_time not between b.first_bar_time and b.last_bar_time;
  insert into public.bar_gaps as g (symbol_id, timeframe, bar_time, reason, message)
  select v_symbol_id, v_timeframe, n.bar_time, n.reason, n.message
  from (
    select (x.value ->> 'time')::timestamptz as bar_time, x.value ->> 'reason' as reason, x.value ->> 'message' as message
    from jsonb_array_elements(p_result -> 'gaps') x
  ) n
  where not exists (
    select from public.bars b
    where b.symbol_id = v_symbol_id and b.timeframe = v_timeframe and b.bar_time = n.bar_time)
    -- The worker may not have known what was announced since.
    and exists (
      select from internal.expected_bars(v_calendar, v_timeframe, (n.bar_time at time zone 'UTC')::date, (n.bar_time at time zone 'UTC')::date) e
      where e.bar_time = n.bar_time)
  on conflict (symbol_id, timeframe, bar_time) do update
    set reason = excluded.reason, message = excluded.message, noticed_at = excluded.noticed_at;
  get diagnostics v_gaps = row_count;

  return v_stored || jsonb_build_object(
    'whole', v_whole, 'requests', p_result -> 'requests', 'gaps', v_gaps);
end
$$;
comment on function internal.store_ingestion(public.jobs, jsonb) is
  'Stores what an ingest job fetched: bars, and the gaps from `from` on. A series fetched whole (`whole`) may lack no stored bar '
  '(restated_history). Raises what ingest_bars raises; the source is the one the job was planned with.';
revoke execute on function internal.store_ingestion(public.jobs, jsonb) from public;

-- forecasts/functions/forecast_state.sql
create or replace function public.forecast_state(p_symbols text[], p_horizon text, p_requested_by uuid default null) returns jsonb
language plpgsql stable security definer set search_path = ''
as $$
declare
  v_ensemble public.ensembles;
  v_is_calibrated boolean;
  v_state record;
  v_states jsonb := '[]';
begin
  perform internal.require_forecast_request(p_symbols, p_horizon, p_requested_by);
  for v_state in
    select s.id as symbol_id, s.symbol, coalesce(b.bars, 0) as bars, b.last_bar_time as cutoff, b.stored_at, b.restated_at
    from public.symbols s
    left join public.bar_series b on b.symbol_id = s.id and b.timeframe = internal.timeframe_of(p_horizon)
    where s.symbol = any (p_symbols)
    order by array_position(p_symbols, s.symbol)
  loop
    perform internal.require_bars(v_state.symbol, p_horizon, v_state.bars);
    v_ensemble := internal.serving_ensemble(v_state.symbol_id, p_horizon);
    select c.configuration ->> 'weighting' is not distinct from 'calibrated' into v_is_calibrated
    from public.configurations c where c.config_hash = v_ensemble.config_hash;
    v_states := v_states || jsonb_build_object(
      'symbol', v_state.symbol,
      'bars', v_state.bars,
      'restated_at', v_state.restated_at,
      'forecast_id', (
        select f.id from public.forecasts f
        where f.symbol_id = v_state.symbol_id and f.horizon = p_horizon and f.ensemble = v_ensemble.ensemble
          and f.config_hash = v_ensemble.config_hash and f.data_cutoff = v_state.cutoff
          and f.issued_at >= v_state.stored_at),
      'artifact', (
        select jsonb_build_object('id', a.id, 'cutoff_bar', v_state.bars - 1 - newer.bars)
        from public.artifacts a
        cross join lateral (
          select count(*) as bars from public.bars n
          where n.symbol_id = a.symbol_id and n.timeframe = internal.timeframe_of(p_horizon)
            and n.bar_time > a.data_cutoff
        ) newer
        where a.symbol_id = v_state.symbol_id and a.horizon = p_horizon and a.ensemble = v_ensemble.ensemble
          and a.config_hash = v_ensemble.config_hash
          and newer.bars <= (internal.setting('artifact_max_age_bars') #>> '{}')::integer
          -- Restated bars, and such that went, make another series: what was fitted on the old one does not speak of it.
          and a.trained_at >= v_state.restated_at
          and a.trained_at >= (
            select max(o.ingested_at) from public.bars o
            where o.symbol_id = a.symbol_id and o.timeframe = internal.timeframe_of(p_horizon)
              and o.bar_time <= a.data_cutoff)
          -- Weights that were learned before a window spoke against them are the preset's in the next fit.
          and (not v_is_calibrated
            or not internal.are_weights_refuted(a.symbol_id, a.horizon, a.config_hash, a.trained_at))
        order by a.data_cutoff desc limit 1),
      'failure', (
        select jsonb_build_object('code', r.code, 'message', r.message, 'retry_at', r.retry_at)
        from internal.recent_failures(array[internal.forecast_key(v_state.symbol_id, p_horizon, v_ensemble.ensemble, v_ensemble.config_hash,
          v_state.cutoff, v_state.stored_at)]) r));
  end loop;
  return v_states;
end
$$;
comment on function public.forecast_state(text[], text, uuid) is
  'What is there for a request, by symbol and of the ensemble that serves it: bars, when they were last restated (bar_series), the forecast from the latest bar, an artifact young enough '
  'to make one, with the ordinal of its last bar, and the failure of the last hour that a fit is not tried again for. p_requested_by: the user; '
  'null for a secret key. Raises unsupported_horizon, publishing_disabled, no_ensemble, unknown_symbol, inactive_symbol (a user), too_few_bars, '
  'too_short_span, no_eight_hours_ahead.';
revoke execute on function public.forecast_state(text[], text, uuid) from public, anon, authenticated;
grant execute on function public.forecast_state(text[], text, uuid) to service_role;

-- forecasts/functions/lock_restated_at.sql
create or replace function internal.lock_restated_at(p_symbol text, p_horizon text) returns timestamptz
language plpgsql set search_path = ''
as $$
begin
  -- Whoever restates the bars at this moment comes before, and is seen, or after, and finds what is stored in this transaction.
  perform from public.symbols s where s.symbol = p_symbol for share;
  return (
    select b.restated_at
    from public.symbols s
    join public.bar_series b on b.symbol_id = s.id and b.timeframe = internal.timeframe_of(p_horizon)
    where s.symbol = p_symbol);
end
$$;
comment on function internal.lock_restated_at(text, text) is
  'restated_at of the bars (bar_series) that a horizon is forecast from, which stays until this transaction ends; null without bars. What was made of '
  'them is stored only if it is what it was before they were read.';
revoke execute on function internal.lock_restated_at(text, text) from public;

-- forecasts/functions/store_forecast.sql
create or replace function internal.store_forecast(p_run_id uuid, p_artifact_id bigint, p_row jsonb) returns bigint
language plpgsql set search_path = ''
as $$
declare
  v_row public.forecasts;
  v_bars_stored_at timestamptz;
begin
  v_row := jsonb_populate_record(null::public.forecasts, p_row);
  v_row.quantile_levels_id := internal.quantile_levels_id(
    (jsonb_populate_record(null::public.quantile_levels, jsonb_build_object('levels', p_row -> 'quantile_levels'))).levels);
  select s.id into v_row.symbol_id from public.symbols s where s.symbol = p_row ->> 'symbol';
  if v_row.symbol_id is null then
    -- Renamed since the forecast was asked for.
    perform internal.refuse(404, 'unknown_symbol', format('There is no symbol %s', p_row ->> 'symbol'));
  end if;

  -- A forecast once issued stands, unless the bars it was made from were restated since: its prices are then of another series.
  select greatest(max(b.ingested_at), (
    select s.restated_at from public.bar_series s
    where s.symbol_id = v_row.symbol_id and s.timeframe = internal.timeframe_of(v_row.horizon))) into v_bars_stored_at
  from public.bars b
  where b.symbol_id = v_row.symbol_id and b.timeframe = internal.timeframe_of(v_row.horizon)
    and b.bar_time <= v_row.data_cutoff;
  delete from public.forecasts f
  where (f.symbol_id, f.horizon, f.ensemble, f.config_hash, f.data_cutoff)
      = (v_row.symbol_id, v_row.horizon, v_row.ensemble, v_row.config_hash, v_row.data_cutoff)
    and f.issued_at < v_bars_stored_at;

  insert into public.forecasts (
    symbol_id, symbol, horizon, ensemble, config_hash, code_version, data_cutoff, target_time, last_close,
    forecast_return, forecast_price, scale, probability_up, lower_50, upper_50, lower_80, upper_80,
    lower_90, upper_90, lower_95, upper_95, quantile_levels_id, return_quantiles, members, artifact_id, run_id,
    direction, confidence, direction_thresholds, agreement, mean_spread, scale_ratio, drivers, quality_notes)
  values (
    v_row.symbol_id, v_row.symbol, v_row.horizon, v_row.ensemble, v_row.config_hash, v_row.code_version,
    v_row.data_cutoff, v_row.target_time, v_row.last_close, v_row.forecast_return, v_row.forecast_price, v_row.scale,
    v_row.probability_up, v_row.lower_50, v_row.upper_50, v_row.lower_80, v_row.upper_80, v_row.lower_90, v_row.upper_90,
    v_row.lower_95, v_row.upper_95, v_row.quantile_levels_id, v_row.return_quantiles, v_row.members, p_artifact_id, p_run_id,
    v_row.direction, v_row.confidence, v_row.direction_thresholds, v_row.agreement, v_row.mean_spread, v_row.scale_ratio,
    coalesce(v_row.drivers, '[]'), coalesce(v_row.quality_notes, '[]'))
  on conflict on constraint forecasts_one_a_cutoff do nothing;

  return (
    select f.id from public.forecasts f
    where (f.symbol_id, f.horizon, f.ensemble, f.config_hash, f.data_cutoff)
      = (v_row.symbol_id, v_row.horizon, v_row.ensemble, v_row.config_hash, v_row.data_cutoff));
end
$$;
comment on function internal.store_forecast(uuid, bigint, jsonb) is
  'Stores a forecast (a row of forecasts as JSON, with its quantile_levels) and returns its id. The first one for a cutoff and configuration stands, until its '
  'bars are restated. Raises unknown_symbol.';
revoke execute on function internal.store_forecast(uuid, bigint, jsonb) from public;

-- forecasts/functions/store_requested_forecast.sql
create or replace function public.store_requested_forecast(p_artifact_id bigint, p_row jsonb, p_restated_at timestamptz default null) returns bigint
language plpgsql security definer set search_path = ''
as $$
begin
  if internal.lock_restated_at(p_row ->> 'symbol', p_row ->> 'horizon') is distinct from p_restated_at and p_restated_at is not null then
    perform internal.refuse(409, 'series_changed', format(
      'The bars of %s were restated while its %s forecast was made: nothing was stored. Ask again', p_row ->> 'symbol', p_row ->> 'horizon'));
  end if;
  return internal.store_forecast(null, p_artifact_id, p_row);
end
$$;
comment on function public.store_requested_forecast(bigint, jsonb, timestamptz) is
  'Stores a forecast made on request from an artifact; the first one for a cutoff and configuration stands. p_restated_at: restated_at of the bars '
  '(forecast_state) before they were read. Returns its id. Raises series_changed where they were restated since.';
revoke execute on function public.store_requested_forecast(bigint, jsonb, timestamptz) from public, anon, authenticated;
grant execute on function public.store_requested_forecast(bigint, jsonb, timestamptz) to service_role;

-- forecasts/views/current_forecasts.sql
-- A look at an index for each symbol and horizon, however many forecasts there are. Symbol and horizon are the registry's, so that who asks for
-- some, or for a page in their order, looks for no others. An order of the view's own would come before a reader's limit.
create or replace view public.current_forecasts with (security_invoker = true) as
select
  f.id, v.symbol_id, v.symbol, v.horizon, f.ensemble, f.config_hash, f.code_version, f.data_cutoff, f.target_time,
  f.issued_at, f.last_close, f.forecast_return, f.forecast_price, f.scale, f.probability_up, f.lower_50, f.upper_50,
  f.lower_80, f.upper_80, f.lower_90, f.upper_90, f.lower_95, f.upper_95, q.levels as quantile_levels, f.return_quantiles,
  f.members, f.artifact_id, f.run_id, f.direction, f.confidence, f.direction_thresholds, f.agreement, f.mean_spread,
  f.scale_ratio, f.drivers, f.quality_notes
from public.vw_serving_ensembles v
-- A forecast from bars that were restated since it was issued is of another series: until there is a new one, there is none.
join public.bar_series b on b.symbol_id = v.symbol_id and b.timeframe = v.horizon
left join lateral (
  select l.id, l.issued_at, l.data_cutoff
  from public.ensembles e
  cross join lateral (
    select x.id, x.issued_at, x.data_cutoff
    from public.forecasts x
    where x.symbol_id = v.symbol_id and x.horizon = v.horizon and x.ensemble = e.ensemble and x.config_hash = e.config_hash
      and x.issued_at >= b.restated_at and x.data_cutoff >= coalesce(b.restated_to, '-infinity')
    order by x.data_cutoff desc
    limit 1
  ) l
  where e.active and e.ensemble = v.ensemble
  limit 1
) own on true
left join lateral (
  -- Looked for only where it may be shown. A candidate that has only just come to a symbol has no forecast yet: until then nobody is left
  -- without one. Nor does one that it made in an earlier rollout stand before a newer one of the baseline.
  select l.id, l.data_cutoff
  from public.ensembles e
  cross join lateral (
    select x.id, x.data_cutoff
    from public.forecasts x
    where x.symbol_id = v.symbol_id and x.horizon = v.horizon and x.ensemble = e.ensemble and x.config_hash = e.config_hash
      and x.issued_at >= b.restated_at and x.data_cutoff >= coalesce(b.restated_to, '-infinity')
    order by x.data_cutoff desc
    limit 1
  ) l
  where e.active and e.ensemble = 'baseline' and v.ensemble <> 'baseline' and (own.id is null or own.issued_at < v.reached_at)
  limit 1
) baseline on true
join public.forecasts f on f.id = case when baseline.id is null or own.data_cutoff >= baseline.data_cutoff then own.id else baseline.id end
join public.quantile_levels q on q.id = f.quantile_levels_id
where (select t.value from public.settings t where t.name = 'publishing_enabled') = 'true';
comment on view public.current_forecasts is
  'What apps read: the latest forecast by symbol and horizon of the ensemble that serves it (vw_serving_ensembles), made with its present '
  'configuration; the baseline''s where a candidate that serves has none yet, or none newer since this rollout came to it; none from bars that were restated since; empty while '
  'publishing_enabled is false.';

revoke all on public.current_forecasts from anon, authenticated, service_role;
grant select on public.current_forecasts to authenticated, service_role;

-- forecasts/views/vw_expected_cutoffs.sql
create or replace view public.vw_expected_cutoffs with (security_invoker = true) as
with session as (
  -- Few calendars are in use, however many symbols there are: max looks each up in an index, exists would look through the symbols.
  select distinct on (c.name) c.name as calendar, d.session_date as date, d.is_half_day as half_day
  from public.calendars c
  cross join lateral internal.calendar_days(
    c.name, (now() at time zone c.time_zone)::date - 14, (now() at time zone c.time_zone)::date) d
  where (c.name = 'XNYS' or (select max(s.calendar) from public.symbols s where s.calendar = c.name and s.active) is not null)
    and d.closes_at + make_interval(mins => (
      select (t.value #>> '{}')::integer from public.settings t where t.name = 'forecast_deadline_minutes')) <= now()
  order by c.name, d.session_date desc
)
select h.horizon, l.date as session_date, h.cutoff as expected_cutoff, l.calendar
from session l
cross join lateral (values
  ('1D', l.date::timestamp at time zone 'UTC'),
  ('4h', case when l.calendar = 'XNYS' then (l.date + case when l.half_day then '09:30'::time else '13:30' end) at time zone 'America/New_York' end),
  ('8h', case when l.calendar = 'XNYS' and not l.half_day then (l.date + '09:30'::time) at time zone 'America/New_York' end)
) h(horizon, cutoff)
where h.cutoff is not null
  and exists (select from public.settings t where t.name = 'window_sizes' and t.value ? h.horizon)
  and (select internal.may_read_operations());
comment on view public.vw_expected_cutoffs is
  'The bar from which forecasts were last due, by calendar in use and horizon: of its last session whose deadline (close and forecast_deadline_minutes) has passed. None for 8h from a half '
  'day''s close.';
comment on column public.vw_expected_cutoffs.horizon is 'Horizon.';
comment on column public.vw_expected_cutoffs.session_date is 'The session.';
comment on column public.vw_expected_cutoffs.expected_cutoff is 'bar_time of its last bar that a forecast over the horizon starts from, UTC.';
comment on column public.vw_expected_cutoffs.calendar is 'The trading calendar: New York''s, and those that active symbols have.';

revoke all on public.vw_expected_cutoffs from anon, authenticated, service_role;
grant select on public.vw_expected_cutoffs to authenticated, service_role;

-- planning/functions/plan_restated.sql
create or replace function internal.plan_restated(p_symbol_ids bigint[]) returns integer
language plpgsql set search_path = ''
as $$
declare
  v_planned integer;
begin
  -- Where somebody plans already, or adds forecasts, it does not wait: the tick of the next minute (continue) plans them.
  if internal.setting('publishing_enabled') <> 'true'
    or not pg_try_advisory_xact_lock(hashtext('plumbline.plan_work'))
    or not pg_try_advisory_xact_lock(hashtext('plumbline.add_forecast_jobs')) then
    return 0;
  end if;
  v_planned := internal.plan_forecasts(p_symbol_ids);
  if v_planned > 0 then
    perform internal.request_workers(v_planned, false);
  end if;
  return v_planned;
end
$$;
comment on function internal.plan_restated(bigint[]) is
  'Plans forecasts of symbols whose bars were restated, at once where nobody else plans; returns how many. To be called last: who plans waits '
  'for the end of the transaction.';
revoke execute on function internal.plan_restated(bigint[]) from public;

-- rollout-decisions/functions/roll_back.sql
create or replace function internal.roll_back(p_rollout_id bigint, p_actor text, p_reason text, p_figures jsonb default '{}') returns jsonb
language plpgsql set search_path = ''
as $$
declare
  v_began timestamptz := clock_timestamp();
  v_rollout public.rollouts := internal.lock_rollout();
  v_overtook jsonb;
  v_forecasts jsonb;
  v_symbols jsonb;
  v_without jsonb;
  v_event_id bigint;
begin
  if v_rollout.id is null or v_rollout.id is distinct from p_rollout_id then
    perform internal.refuse(409, 'no_rollout', case when v_rollout.id is null then 'No rollout was ever started: there is nothing to roll back'
      else format('Rollout %s is not the latest, which is %s', p_rollout_id, v_rollout.id) end);
  elsif v_rollout.status = 'rolled_back' then
    perform internal.refuse(409, 'already_rolled_back', format('Rollout %s: %s', v_rollout.id,
      internal.decision_text(v_rollout.id, '{rolled_back}')));
  end if;

  -- A promotion of the last minute is one that whoever rolls back may not have seen.
  select jsonb_build_object('kind', e.kind, 'from', e.figures -> 'from', 'to', e.figures -> 'to', 'actor', e.actor,
    'happened_at', e.happened_at)
  into v_overtook
  from public.rollout_events e
  where e.rollout_id = v_rollout.id and e.kind in ('promoted', 'completed') and e.happened_at > now() - interval '1 minute'
  order by e.id desc limit 1;

  update public.rollouts set status = 'rolled_back', ended_at = now(), ended_because = p_reason where id = v_rollout.id;
  update public.rollout_symbols set ensemble = 'baseline' where rollout_id = v_rollout.id and ensemble <> 'baseline';
  -- Whoever may have switched it off: from now on it serves.
  update public.ensembles set active = true where ensemble = 'baseline' and not active;

  -- What was served last and what is served from now on.
  with last as (
    select m.symbol, h.horizon, c.forecast as candidate, b.forecast as baseline
    from public.rollout_symbols m
    cross join unnest(m.horizons) h(horizon)
    left join lateral (
      select jsonb_build_object('id', f.id, 'data_cutoff', f.data_cutoff, 'issued_at', f.issued_at) as forecast
      from public.forecasts f
      where f.symbol_id = m.symbol_id and f.horizon = h.horizon and f.ensemble = 'candidate'
        and f.config_hash = v_rollout.candidate_hash
      order by f.data_cutoff desc limit 1
    ) c on true
    left join lateral (
      select jsonb_build_object('id', f.id, 'data_cutoff', f.data_cutoff, 'issued_at', f.issued_at) as forecast
      from public.forecasts f
      join public.ensembles e on e.ensemble = f.ensemble and e.config_hash = f.config_hash
      -- As current_forecasts shows it.
      join public.bar_series b on b.symbol_id = f.symbol_id and b.timeframe = f.horizon
      where f.symbol_id = m.symbol_id and f.horizon = h.horizon and f.ensemble = 'baseline'
        and f.issued_at >= b.restated_at and f.data_cutoff >= coalesce(b.restated_to, '-infinity')
      order by f.data_cutoff desc limit 1
    ) b on true
    where m.rollout_id = v_rollout.id
  )
  select
    coalesce(jsonb_agg(jsonb_build_object('symbol', l.symbol, 'horizon', l.horizon, 'candidate', l.candidate, 'baseline', l.baseline)
      order by l.symbol, l.horizon), '[]'),
    coalesce(jsonb_agg(distinct l.symbol), '[]'),
    coalesce(jsonb_agg(format('%s %s', l.symbol, l.horizon) order by l.symbol, l.horizon)
      filter (where l.candidate is not null and l.baseline is null), '[]')
  into v_forecasts, v_symbols, v_without
  from last l;

  v_event_id := internal.add_rollout_event(v_rollout.id, 'rolled_back', p_actor, p_reason, coalesce(p_figures, '{}')
    || jsonb_build_object('from', case v_rollout.status when 'completed' then 'completed' else v_rollout.stage end,
      'evaluation', internal.evaluation_figures(internal.latest_evaluation(v_rollout)), 'last_forecasts', v_forecasts,
      'without_forecast', v_without, 'overtook', v_overtook));
  return jsonb_build_object('rollout_id', v_rollout.id,
    'from', case v_rollout.status when 'completed' then 'completed' else v_rollout.stage end, 'event_id', v_event_id,
    'seconds', round(extract(epoch from clock_timestamp() - v_began)::numeric, 3), 'serving', 'baseline', 'symbols', v_symbols,
    'without_forecast', v_without, 'overtook', v_overtook);
end
$$;
comment on function internal.roll_back(bigint, text, text, jsonb) is
  'Rolls the latest rollout back, running or completed: the baseline serves from this transaction on. The event keeps p_figures, the latest '
  'evaluation, and the last forecasts of both by symbol and horizon. See rollback_rollout. Raises no_rollout, already_rolled_back.';
revoke execute on function internal.roll_back(bigint, text, text, jsonb) from public;

-- schedule/functions/mend_set_back_clock.sql
create or replace function internal.mend_set_back_clock() returns jsonb
language plpgsql set search_path = ''
as $$
declare
  v_bound timestamptz := internal.clock_bound();
  v_minute timestamptz := date_trunc('minute', now(), 'UTC');
  v_last_tick timestamptz := (select max(t.ticked_at) from public.cron_ticks t);
  v_by interval;
  v_slots integer;
  v_runs integer;
  v_what record;
begin
  -- One of the ticks of this minute does it.
  if v_last_tick is null or v_last_tick <= v_bound or not pg_try_advisory_xact_lock(hashtext('plumbline.mend_set_back_clock')) then
    return null;
  end if;
  -- A minute less than between the ticks, which is never more than it was: nothing is moved to before what happened before it.
  v_by := v_last_tick - v_minute - interval '1 minute';
  perform set_config('plumbline.keeps_updated_at', 'true', true);

  -- What is once a date and time is done anew when these come.
  delete from public.slot_runs r where r.finished_at > v_bound;
  get diagnostics v_slots = row_count;
  delete from public.planning_rounds r where r.began_at > v_bound;
  delete from public.canary_reports r where r.issued_at > v_bound;
  update public.runs r set idempotency_key = format('%s:ahead:%s', r.idempotency_key, r.id)
  where r.created_at > v_bound and r.kind in ('ingestion', 'divergence_check', 'rollout_evaluation');
  get diagnostics v_runs = row_count;

  -- What follows from data was done, but not then: it is moved to when it was, in its order. Bars first, windows are judged by them.
  update public.bars b set ingested_at = least(b.ingested_at - v_by, now())
  from public.bar_series s
  where s.stored_at > v_bound and b.symbol_id = s.symbol_id and b.timeframe = s.timeframe and b.ingested_at > v_bound;
  for v_what in
    select w.relation,
      string_agg(format('%1$I = case when %1$I > now() then least(%1$I - $2, now()) else %1$I end', c.name), ', ') as moved,
      string_agg(format('%I > $1', c.name), ' or ') as is_ahead
    from (values
      (0, 'bar_series', '{stored_at, restated_at}'::text[]),
      (1, 'artifacts', '{trained_at}'),
      (2, 'forecasts', '{issued_at}'),
      (3, 'forecast_outcomes', '{scored_at}'),
      (4, 'ensemble_weights', '{created_at}'),
      (5, 'ensemble_validation_metrics', '{validation_date, trained_at, created_at, updated_at}'),
      (6, 'overfitting_tests', '{created_at, updated_at}'),
      (7, 'rollout_evaluations', '{evidence_at}'),
      (8, 'runs', '{created_at, started_at, finished_at}'),
      (9, 'jobs', '{created_at, updated_at, finished_at}'),
      (10, 'errors', '{occurred_at}'),
      (11, 'error_alerts', '{first_seen_at, last_seen_at, opened_at, resolved_at}'),
      (12, 'divergence_alerts', '{opened_at, resolved_at}'),
      (13, 'query_timings', '{measured_at}'),
      (14, 'schedule_slots', '{active_since}')
    ) w(place, relation, columns)
    cross join unnest(w.columns) c(name)
    group by w.place, w.relation
    order by w.place
  loop
    execute format('update public.%I set %s where %s', v_what.relation, v_what.moved, v_what.is_ahead) using v_bound, v_by;
  end loop;

  perform set_config('plumbline.keeps_updated_at', '', true);
  delete from public.cron_ticks t where t.ticked_at > v_minute;
  perform internal.note_next_due(null, now());
  perform public.record_error('cron.clock', 'clock_set_back', format(
    'The clock was set back by about %s minutes: %s slots that were noted ahead of their time will run, and %s runs do not count for them',
    floor(extract(epoch from v_by) / 60), v_slots, v_runs));
  return jsonb_build_object('minutes', floor(extract(epoch from v_by) / 60), 'slots', v_slots, 'runs', v_runs);
end
$$;
comment on function internal.mend_set_back_clock() is
  'After the clock was set back, by what cron has ticked ahead of it: slots, reports and rounds of planning that were finished in the future '
  '(clock_bound) are deleted and their runs lose the key, so that they happen at their time; all else that was done then is moved to '
  'when it was. Records clock_set_back and returns {minutes, slots, runs}; null when the clock was not set back.';
revoke execute on function internal.mend_set_back_clock() from public;

-- schedule/functions/tick_continue.sql
create or replace function internal.tick_continue(p_now timestamptz) returns jsonb
language plpgsql set search_path = ''
as $$
declare
  -- What begins by then takes one and a half seconds at most.
  v_until timestamptz := clock_timestamp() + interval '0.3 seconds';
  v_run record;
  v_result jsonb := '{}';
  v_restated bigint[];
begin
  for v_run in
    select r.slot, r.slot_date, r.local_time, r.made_up
    from public.slot_runs r
    where r.status = 'unfinished' and r.due_at > p_now - interval '1 day'
    order by r.due_at, r.slot
  loop
    v_result := v_result || jsonb_build_object(format('%s %s %s', v_run.slot, v_run.slot_date, to_char(v_run.local_time, 'HH24:MI')),
      internal.run_slot(v_run.slot, v_run.slot_date, v_run.local_time, p_now, v_run.made_up));
    exit when clock_timestamp() > v_until;
  end loop;
  if v_result = '{}' and exists (select from public.planning_rounds r where r.task in ('forecasts', 'validations')) then
    v_result := jsonb_build_object('plan', internal.tick_plan(p_now));
  end if;
  -- Restated bars whose forecasts could not be planned with them; what these minutes miss tick plan finds.
  select array_agg(r.symbol_id) into v_restated
  from (
    select distinct b.symbol_id from public.bar_series b
    join public.symbols s on s.id = b.symbol_id and s.active
    where b.restated_to is not null and b.restated_at > p_now - interval '5 minutes'
    limit 500
  ) r;
  if v_restated is not null then
    v_result := v_result || jsonb_build_object('restated', internal.plan_restated(v_restated));
  end if;
  return v_result;
end
$$;
comment on function internal.tick_continue(timestamptz) is
  'Tick continue: goes on with the slots that are unfinished, or begins those whose tick did not come, in their order, for a third of a second and what '
  'began in it; without any, goes on with a plan that is unfinished. Plans forecasts of '
  'symbols whose bars were restated in the last five minutes, where that was not done at once. Returns what became of each.';
revoke execute on function internal.tick_continue(timestamptz) from public;

-- From the bars that are there. A series began with its oldest version of a bar (a restated one was stored whole at one moment); a bar that was stored after a
-- later one of the series changed, or was put in.
update public.bar_series s set
  restated_at = x.restated_at, restated_to = case when x.changed_at is not null then s.last_bar_time end
from (
  select b.symbol_id, b.timeframe, greatest(min(b.ingested_at), max(b.ingested_at) filter (where b.ingested_at > b.later_ingested_at)) as restated_at,
    max(b.ingested_at) filter (where b.ingested_at > b.later_ingested_at) as changed_at
  from (
    select y.symbol_id, y.timeframe, y.ingested_at,
      min(y.ingested_at) over (partition by y.symbol_id, y.timeframe order by y.bar_time desc rows between unbounded preceding and 1 preceding) as later_ingested_at
    from public.bars y
  ) b
  group by b.symbol_id, b.timeframe
) x
where x.symbol_id = s.symbol_id and x.timeframe = s.timeframe;
select internal.recount_gaps(s.id) from public.symbols s order by s.id;
