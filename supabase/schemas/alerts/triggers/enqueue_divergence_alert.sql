create or replace function internal.enqueue_divergence_alert() returns trigger
language plpgsql set search_path = ''
as $$
begin
  insert into public.alert_deliveries (divergence_alert_id, level, payload)
  values (new.id, new.level, internal.webhook_payload(format('%s: %s %s, %s, is at a divergence of %s %%%s. %s',
    case new.level when 'implausible' then 'Implausible skill' else 'Divergence, level ' || new.level end,
    new.symbol, new.horizon, new.ensemble, round((100 * new.divergence)::numeric, 1),
    case when new.threshold is not null then format(' (the level begins at %s %%)', round((100 * new.threshold)::numeric, 1)) else '' end,
    new.message)));
  return null;
end
$$;
comment on function internal.enqueue_divergence_alert() is 'Trigger: an alert on divergence that is opened is to be delivered.';
revoke execute on function internal.enqueue_divergence_alert() from public;

create trigger divergence_alerts_are_delivered after insert on public.divergence_alerts
for each row execute function internal.enqueue_divergence_alert();
