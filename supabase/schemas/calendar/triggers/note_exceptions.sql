create or replace function internal.note_exceptions() returns trigger
language plpgsql set search_path = ''
as $$
begin
  perform internal.recount_gaps_of_days(d.days)
  from (select jsonb_agg(distinct jsonb_build_object('calendar', c.calendar, 'date', c.session_date)) as days from changed c) d
  where d.days is not null;
  return null;
end
$$;
comment on function internal.note_exceptions() is 'Trigger: a closure that is announced, uploaded or taken back closes gaps and opens them.';
revoke execute on function internal.note_exceptions() from public;

create trigger calendar_exceptions_note_new_ones after insert on public.calendar_exceptions
referencing new table as changed for each statement execute function internal.note_exceptions();
create trigger calendar_exceptions_note_deleted_ones after delete on public.calendar_exceptions
referencing old table as changed for each statement execute function internal.note_exceptions();
