create or replace function internal.touch_updated_at() returns trigger
language plpgsql set search_path = ''
as $$
begin
  new.updated_at := now();
  return new;
end
$$;
comment on function internal.touch_updated_at() is 'Trigger: sets updated_at to the transaction''s time on every update.';
revoke execute on function internal.touch_updated_at() from public;
