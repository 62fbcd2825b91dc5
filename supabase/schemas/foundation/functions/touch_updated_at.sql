create or replace function internal.touch_updated_at() returns trigger
language plpgsql set search_path = ''
as $$
begin
  -- internal.mend_set_back_clock moves it.
  if current_setting('plumbline.keeps_updated_at', true) is distinct from 'true' then
    new.updated_at := now();
  end if;
  return new;
end
$$;
comment on function internal.touch_updated_at() is 'Trigger: sets updated_at to the transaction''s time on every update.';
revoke execute on function internal.touch_updated_at() from public;
