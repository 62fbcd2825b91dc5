create or replace function internal.note_changed_bars() returns trigger
language plpgsql set search_path = ''
as $$
begin
  -- From the bar before: a forecast from it comes true by the first that changed.
  insert into public.outcomes_due (symbol_id, horizon, since)
  select c.symbol_id, c.timeframe, c.since
  from (
    select x.symbol_id, x.timeframe, coalesce((
      select max(b.bar_time) from public.bars b
      where b.symbol_id = x.symbol_id and b.timeframe = x.timeframe and b.bar_time < min(x.bar_time)), min(x.bar_time)) as since
    from changed x
    group by x.symbol_id, x.timeframe
  ) c
  where exists (
    select from public.forecasts f where f.symbol_id = c.symbol_id and f.horizon = c.timeframe and f.data_cutoff >= c.since);
  return null;
end
$$;
comment on function internal.note_changed_bars() is
  'Trigger: forecasts whose outcome may have come, changed or gone with these bars are to be looked at by score_outcomes. Who stores bars '
  'locks their symbol against forecasts that are just being stored, so that neither misses the other.';
revoke execute on function internal.note_changed_bars() from public;

create trigger bars_note_new_ones after insert on public.bars
referencing new table as changed for each statement execute function internal.note_changed_bars();

create trigger bars_note_restated_ones after update on public.bars
referencing new table as changed for each statement execute function internal.note_changed_bars();

create trigger bars_note_deleted_ones after delete on public.bars
referencing old table as changed for each statement execute function internal.note_changed_bars();
