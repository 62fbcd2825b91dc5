-- An outbox: filled by the statement that opens an alert, emptied every minute by one request to a webhook each, or by one for all when
-- there are many. Never twice: what may have arrived is not sent again.
create table public.alert_deliveries (
  id bigint generated always as identity primary key,
  divergence_alert_id bigint references public.divergence_alerts (id) on delete cascade,
  error_alert_id bigint references public.error_alerts (id) on delete cascade,
  rollout_event_id bigint references public.rollout_events (id),
  digest_id bigint references public.alert_deliveries (id) on delete cascade,
  level text not null,
  payload jsonb not null,
  status text not null default 'waiting',
  reason text,
  attempts smallint not null default 0,
  created_at timestamptz not null default now(),
  next_attempt_at timestamptz not null default now(),
  sent_at timestamptz,
  net_request_id bigint,
  response_status integer,
  delivered_at timestamptz,
  constraint alert_deliveries_divergence_alert_once unique (divergence_alert_id),
  constraint alert_deliveries_error_alert_once unique (error_alert_id),
  constraint alert_deliveries_rollout_event_once unique (rollout_event_id),
  constraint alert_deliveries_of_one_thing check (
    num_nonnulls(divergence_alert_id, error_alert_id, rollout_event_id) = case when level = 'digest' then 0 else 1 end),
  constraint alert_deliveries_no_digest_of_digests check (level <> 'digest' or digest_id is null),
  constraint alert_deliveries_payload_is_text check (jsonb_typeof(payload -> 'text') = 'string' and payload ->> 'text' <> ''),
  constraint alert_deliveries_status_known check (status in ('waiting', 'sent', 'delivered', 'failed', 'unknown', 'skipped')),
  constraint alert_deliveries_undelivered_has_reason check (status not in ('failed', 'unknown', 'skipped') or reason is not null),
  constraint alert_deliveries_delivered_has_time check ((status = 'delivered') = (delivered_at is not null)),
  constraint alert_deliveries_attempts_are_bounded check (attempts between 0 and 8)
);
comment on table public.alert_deliveries is
  'What the webhook is told: one row per opened alert, per decision of a rollout, and per digest. The address is in Vault (alert_webhook_url) '
  'and nowhere else.';
comment on column public.alert_deliveries.id is 'Order.';
comment on column public.alert_deliveries.divergence_alert_id is 'The alert on divergence that it tells of.';
comment on column public.alert_deliveries.error_alert_id is 'The alert on errors that it tells of.';
comment on column public.alert_deliveries.rollout_event_id is 'The event of a rollout that it tells of.';
comment on column public.alert_deliveries.digest_id is 'The digest that told of it in its stead: this row''s status is that one''s.';
comment on column public.alert_deliveries.level is
  'The alert''s level, kind or event: what digests count by and are ordered by; digest for a digest itself.';
comment on column public.alert_deliveries.payload is 'What is sent: {text}, as Slack takes it.';
comment on column public.alert_deliveries.status is
  'waiting: to be sent, or to be tried again. sent: no answer yet. delivered: answered with 2xx. failed: refused, or refused eight times. '
  'unknown: no answer came; it may have arrived, so it is not sent again. skipped: Vault had no address.';
comment on column public.alert_deliveries.reason is 'Why it was not delivered, or not yet.';
comment on column public.alert_deliveries.attempts is 'How often it was sent.';
comment on column public.alert_deliveries.created_at is 'Opened, UTC.';
comment on column public.alert_deliveries.next_attempt_at is 'Not before this is it sent, UTC.';
comment on column public.alert_deliveries.sent_at is 'Handed to pg_net last, UTC.';
comment on column public.alert_deliveries.net_request_id is 'pg_net''s id of that request.';
comment on column public.alert_deliveries.response_status is 'HTTP status of the last answer.';
comment on column public.alert_deliveries.delivered_at is 'The answer was seen, UTC.';

create index alert_deliveries_open on public.alert_deliveries (id) where status in ('waiting', 'sent');
create index alert_deliveries_by_digest on public.alert_deliveries (digest_id);
create index alert_deliveries_by_sending on public.alert_deliveries (sent_at);
create index alert_deliveries_by_time on public.alert_deliveries (created_at desc);

alter table public.alert_deliveries enable row level security;
create policy alert_deliveries_are_read_by_operators on public.alert_deliveries for select to authenticated using ((select internal.may_read_operations()));
revoke all on public.alert_deliveries from anon, authenticated, service_role;
grant select on public.alert_deliveries to authenticated, service_role;
