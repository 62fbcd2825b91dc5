create or replace function internal.note_symbols_calendar() returns trigger
language plpgsql set search_path = ''
as $$
begin
  perform internal.recount_gaps(new.id);
  return null;
end
$$;
comment on function internal.note_symbols_calendar() is 'Trigger: recounts the gaps of a symbol that gets another calendar.';
revoke execute on function internal.note_symbols_calendar() from public;

create trigger symbols_note_calendar after update of calendar on public.symbols
for each row when (old.calendar is distinct from new.calendar) execute function internal.note_symbols_calendar();
