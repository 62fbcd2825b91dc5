create or replace function internal.enqueue_error_alert() returns trigger
language plpgsql set search_path = ''
as $$
begin
  insert into public.alert_deliveries (error_alert_id, level, payload)
  values (new.id, new.kind, internal.webhook_payload(format('%s: %s, %s, %s since %s. More is in public.%s.',
    case new.kind when 'error' then 'Error that nobody handled' when 'dead_job' then 'Job ended dead' else 'Slot that no tick came for' end,
    new.source, new.code, case new.occurrences when 1 then 'once' else new.occurrences || ' times' end,
    to_char(new.first_seen_at at time zone 'UTC', 'YYYY-MM-DD HH24:MI UTC'),
    case new.kind when 'error' then 'errors' when 'dead_job' then 'jobs' else 'slot_runs' end)));
  return null;
end
$$;
comment on function internal.enqueue_error_alert() is 'Trigger: an alert on errors that is opened is to be delivered, without their words.';
revoke execute on function internal.enqueue_error_alert() from public;

create trigger error_alerts_are_delivered after insert on public.error_alerts
for each row execute function internal.enqueue_error_alert();
