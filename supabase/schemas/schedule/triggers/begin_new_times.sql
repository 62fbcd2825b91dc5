create or replace function internal.begin_new_times() returns trigger
language plpgsql set search_path = ''
as $$
begin
  new.active_since := now();
  return new;
end
$$;
comment on function internal.begin_new_times() is 'Trigger: a slot''s new times count from now on, so that none of last week''s is missed.';
revoke execute on function internal.begin_new_times() from public;

create trigger schedule_slots_begin_new_times before update of local_times, after_close, days on public.schedule_slots
for each row when ((new.local_times, new.after_close, new.days) is distinct from (old.local_times, old.after_close, old.days))
execute function internal.begin_new_times();
