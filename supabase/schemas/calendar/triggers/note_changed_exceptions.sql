create or replace function internal.note_changed_exceptions() returns trigger
language plpgsql set search_path = ''
as $$
begin
  perform internal.recount_gaps_of_days(d.days)
  from (
    select jsonb_agg(distinct jsonb_build_object('calendar', c.calendar, 'date', c.session_date)) as days
    from changed c
    -- Another reason opens and closes nothing.
    where not exists (
      select from before b where b.calendar = c.calendar and b.session_date = c.session_date and b.source = c.source and b.kind = c.kind)
  ) d
  where d.days is not null;
  return null;
end
$$;
comment on function internal.note_changed_exceptions() is 'Trigger: as internal.note_exceptions, when a closure becomes a half day or the other way round.';
revoke execute on function internal.note_changed_exceptions() from public;

create trigger calendar_exceptions_note_changed_ones after update on public.calendar_exceptions
referencing old table as before new table as changed for each statement execute function internal.note_changed_exceptions();
