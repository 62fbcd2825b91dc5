create or replace function internal.snapshot_member_failure() returns trigger
language plpgsql set search_path = ''
as $$
begin
  new.on_member_failure := internal.setting('on_member_failure') #>> '{}';
  return new;
end
$$;
comment on function internal.snapshot_member_failure() is 'Trigger: gives a new run the setting on_member_failure.';
revoke execute on function internal.snapshot_member_failure() from public;

create trigger runs_snapshot_member_failure before insert on public.runs
for each row execute function internal.snapshot_member_failure();
