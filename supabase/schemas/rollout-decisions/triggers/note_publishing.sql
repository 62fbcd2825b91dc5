create or replace function internal.note_publishing() returns trigger
language plpgsql set search_path = ''
as $$
begin
  perform internal.add_rollout_event((select max(r.id) from public.rollouts r),
    case when new.value = 'true' then 'kill_switch_off' else 'kill_switch_on' end,
    -- set_publishing says who and why; whoever changes the setting itself is known by the name of the session.
    coalesce(nullif(current_setting('plumbline.actor', true), ''), session_user::text),
    coalesce(nullif(current_setting('plumbline.reason', true), ''), 'the setting publishing_enabled was changed'),
    jsonb_build_object('publishing', new.value));
  return null;
end
$$;
comment on function internal.note_publishing() is 'Trigger: the kill switch leaves an event, however it is thrown.';
revoke execute on function internal.note_publishing() from public;

create trigger settings_note_publishing after update of value on public.settings
for each row when (new.name = 'publishing_enabled' and new.value is distinct from old.value)
execute function internal.note_publishing();
