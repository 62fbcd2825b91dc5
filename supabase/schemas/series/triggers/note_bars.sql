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
