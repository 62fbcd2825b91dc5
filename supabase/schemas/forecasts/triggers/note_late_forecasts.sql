create or replace function internal.note_late_forecasts() returns trigger
language plpgsql set search_path = ''
as $$
begin
  insert into public.outcomes_due (symbol_id, horizon, since)
  select f.symbol_id, f.horizon, min(f.data_cutoff)
  from stored f
  where exists (
    select from public.bars b
    where b.symbol_id = f.symbol_id and b.timeframe = internal.timeframe_of(f.horizon) and b.bar_time > f.data_cutoff)
  group by f.symbol_id, f.horizon;
  return null;
end
$$;
comment on function internal.note_late_forecasts() is
  'Trigger: a forecast that is stored after the bar by which it comes true is to be looked at by score_outcomes.';
revoke execute on function internal.note_late_forecasts() from public;

create trigger forecasts_note_late_ones after insert on public.forecasts
referencing new table as stored for each statement execute function internal.note_late_forecasts();
