create or replace view public.vw_open_alerts with (security_invoker = true) as
select 'divergence' as kind, a.level, a.id as alert_id, format('%s %s %s', a.symbol, a.horizon, a.ensemble) as subject, a.opened_at,
  a.opened_at as last_seen_at, null::integer as occurrences, a.divergence, a.message, d.status as delivery, d.reason as delivery_reason
from public.divergence_alerts a
left join public.alert_deliveries d on d.divergence_alert_id = a.id
-- A user who sees the alerts on divergence alone reads them in divergence_alerts.
where a.resolved_at is null and (select internal.may_read_operations())
union all
select a.kind, a.kind, a.id, a.source, a.opened_at, a.last_seen_at, a.occurrences, null, a.code, d.status, d.reason
from public.error_alerts a
left join public.alert_deliveries d on d.error_alert_id = a.id
where a.resolved_at is null and (select internal.may_read_operations());
comment on view public.vw_open_alerts is 'Alerts that are open: on divergence and on errors, and what became of their delivery.';
comment on column public.vw_open_alerts.kind is 'divergence, error, dead_job or missed_slot.';
comment on column public.vw_open_alerts.level is 'Of divergence: warning, overfitting, critical, implausible. Else the kind.';
comment on column public.vw_open_alerts.alert_id is 'Its id in divergence_alerts or error_alerts.';
comment on column public.vw_open_alerts.subject is 'Symbol, horizon and ensemble; or the function, job or slot.';
comment on column public.vw_open_alerts.opened_at is 'Opened, UTC.';
comment on column public.vw_open_alerts.last_seen_at is 'Of errors: the last of them, UTC.';
comment on column public.vw_open_alerts.occurrences is 'Of errors: how many.';
comment on column public.vw_open_alerts.divergence is 'Of divergence: that of the window that opened it; a fraction.';
comment on column public.vw_open_alerts.message is 'Of divergence: the window and its reasons. Of errors: the code.';
comment on column public.vw_open_alerts.delivery is 'Status of its delivery; see alert_deliveries. Null when it was opened before there were deliveries.';
comment on column public.vw_open_alerts.delivery_reason is 'Why it was not delivered.';

revoke all on public.vw_open_alerts from anon, authenticated, service_role;
grant select on public.vw_open_alerts to authenticated, service_role;
