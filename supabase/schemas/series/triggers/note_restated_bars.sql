create or replace function internal.note_restated_bars() returns trigger
language plpgsql set search_path = ''
as $$
declare
  v_new record;
  v_changed record;
begin
  for v_new in
    select c.symbol_id, c.timeframe, min(c.bar_time) as first, max(c.bar_time) as last
    from changed c
    group by c.symbol_id, c.timeframe
    order by c.symbol_id, c.timeframe
  loop
    -- Writers of one series take turns: each counts what the one before it stored.
    perform from public.symbols s where s.id = v_new.symbol_id for no key update;
    -- A new version of a bar, and not what is said of it beside its prices.
    -- Grouped, for a join's plan is kept and made for as many bars as changed first.
    select count(*) > 0 as is_restated, min(d.bar_time) filter (where d.is_gone) as first, max(d.bar_time) filter (where d.is_gone) as last
    into v_changed
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
    perform internal.recount_series(v_new.symbol_id, v_new.timeframe, v_changed.is_restated);
    -- A new version of a bar is where the one before it was, unless its time was what was wrong.
    if v_changed.first is not null then
      perform internal.note_gaps(v_new.symbol_id, v_new.timeframe, least(v_new.first, v_changed.first), greatest(v_new.last, v_changed.last));
    end if;
    perform internal.note_window_validity(array(
      select v.metrics_id from public.window_validity v
      where v.symbol_id = v_new.symbol_id and v.timeframe = v_new.timeframe and v.last_bar_time >= v_new.first));
  end loop;
  return null;
end
$$;
comment on function internal.note_restated_bars() is 'Trigger: as internal.note_bars, when bars change.';
revoke execute on function internal.note_restated_bars() from public;

create trigger bars_note_updates after update on public.bars
referencing old table as before new table as changed for each statement execute function internal.note_restated_bars();
