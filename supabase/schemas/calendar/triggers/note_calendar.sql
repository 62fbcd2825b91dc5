create or replace function internal.note_calendar() returns trigger
language plpgsql set search_path = ''
as $$
begin
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
comment on function internal.note_calendar() is 'Trigger: recounts the gaps of the symbols of a calendar that is defined anew.';
revoke execute on function internal.note_calendar() from public;

create trigger calendars_note_definition after update on public.calendars
for each row when ((old.rule, old.time_zone, old.known_from, old.known_until) is distinct from (new.rule, new.time_zone, new.known_from, new.known_until))
execute function internal.note_calendar();
