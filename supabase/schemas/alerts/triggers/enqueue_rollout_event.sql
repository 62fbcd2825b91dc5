create or replace function internal.enqueue_rollout_event() returns trigger
language plpgsql set search_path = ''
as $$
begin
  insert into public.alert_deliveries (rollout_event_id, level, payload)
  values (new.id, new.kind, internal.webhook_payload(format('%s%s: %s, by %s. %s', coalesce('Rollout ' || new.rollout_id, 'Forecasts'),
    coalesce(', stage ' || new.stage, ''), replace(new.kind, '_', ' '), new.actor, new.reason)));
  return null;
end
$$;
comment on function internal.enqueue_rollout_event() is 'Trigger: a decision on a rollout, or what rolls it back, is to be delivered.';
revoke execute on function internal.enqueue_rollout_event() from public;

create trigger rollout_events_are_delivered after insert on public.rollout_events
for each row when (new.kind in (
  'deployed', 'promoted', 'completed', 'rolled_back', 'trigger', 'kill_switch_on', 'kill_switch_off'))
execute function internal.enqueue_rollout_event();
