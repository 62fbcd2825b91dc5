create or replace function internal.note_bars() returns trigger
language plpgsql set search_path = ''
as $$
declare
  v_new record;
  v_is_restated boolean;
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
      -- What comes between stored bars was a gap in what was forecast from.
      v_is_restated := tg_op = 'DELETE' or exists (
        select from changed c
        join public.bar_series s on s.symbol_id = c.symbol_id and s.timeframe = c.timeframe
        where c.symbol_id = v_new.symbol_id and c.timeframe = v_new.timeframe and c.bar_time > s.first_bar_time and c.bar_time < s.last_bar_time);
      perform internal.recount_series(v_new.symbol_id, v_new.timeframe, v_is_restated);
    end if;
    perform internal.note_gaps(v_new.symbol_id, v_new.timeframe, v_new.first, v_new.last);
    -- A window depends on no bar after its last: bars that are added at the end find none.
    perform internal.note_window_validity(array(
      select v.metrics_id from public.window_validity v
      where v.symbol_id = v_new.symbol_id and v.timeframe = v_new.timeframe and v.last_bar_time >= v_new.first));
  end loop;
  return null;
end
$$;
comment on function internal.note_bars() is
  'Trigger: keeps bar_series, bar_gaps, and whether the windows over bars that came or went still stand.';
revoke execute on function internal.note_bars() from public;

create trigger bars_note_inserts after insert on public.bars
referencing new table as changed for each statement execute function internal.note_bars();
create trigger bars_note_deletions after delete on public.bars
referencing old table as changed for each statement execute function internal.note_bars();
