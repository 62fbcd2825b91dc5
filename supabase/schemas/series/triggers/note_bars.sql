create or replace function internal.note_bars() returns trigger
language plpgsql set search_path = ''
as $$
declare
  v_series record;
begin
  for v_series in
    select c.symbol_id, c.timeframe, min(c.bar_time) as first from changed c group by c.symbol_id, c.timeframe order by c.symbol_id, c.timeframe
  loop
    -- Writers of one series take turns: each counts what the one before it stored.
    perform from public.symbols s where s.id = v_series.symbol_id for no key update;
    insert into public.bar_series (
      symbol_id, timeframe, bars, first_bar_time, last_bar_time, stored_at, provider, feed, adjustment)
    select v_series.symbol_id, v_series.timeframe, count(*), min(b.bar_time), max(b.bar_time), max(b.ingested_at), max(b.provider),
      max(b.feed), max(b.adjustment)
    from public.bars b
    where b.symbol_id = v_series.symbol_id and b.timeframe = v_series.timeframe
    having count(*) > 0
    on conflict (symbol_id, timeframe) do update set
      bars = excluded.bars, first_bar_time = excluded.first_bar_time, last_bar_time = excluded.last_bar_time,
      stored_at = excluded.stored_at, provider = excluded.provider, feed = excluded.feed, adjustment = excluded.adjustment;
    if not found then
      delete from public.bar_series s where s.symbol_id = v_series.symbol_id and s.timeframe = v_series.timeframe;
    end if;
    -- A window depends on no bar after its last: bars that are added at the end find none.
    perform internal.note_window_validity(array(
      select v.metrics_id from public.window_validity v
      where v.symbol_id = v_series.symbol_id and v.timeframe = v_series.timeframe and v.last_bar_time >= v_series.first));
  end loop;
  return null;
end
$$;
comment on function internal.note_bars() is
  'Trigger: keeps bar_series, and whether the windows over bars that changed still stand.';
revoke execute on function internal.note_bars() from public;

create trigger bars_note_inserts after insert on public.bars
referencing new table as changed for each statement execute function internal.note_bars();
create trigger bars_note_updates after update on public.bars
referencing new table as changed for each statement execute function internal.note_bars();
create trigger bars_note_deletions after delete on public.bars
referencing old table as changed for each statement execute function internal.note_bars();
