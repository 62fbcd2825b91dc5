-- Made from supabase/schemas by npm run build:migrations.

-- A function may name what is made after it.
set check_function_bodies = off;

-- alerts/tables/divergence_alerts.sql
-- Alerts on divergence: one open row per symbol, horizon, ensemble and level; resolved when it falls again.
create table public.divergence_alerts (
  id bigint generated always as identity primary key,
  symbol_id bigint not null references public.symbols (id),
  symbol text not null,
  horizon text not null,
  ensemble text not null,
  level text not null,
  threshold double precision,
  divergence double precision not null,
  metrics_id bigint references public.ensemble_validation_metrics (id) on delete set null,
  message text not null,
  opened_at timestamptz not null default now(),
  resolved_at timestamptz,
  resolution text,
  constraint divergence_alerts_horizon_known check (horizon in ('1D', '4h', '8h')),
  constraint divergence_alerts_ensemble_known check (ensemble in ('candidate', 'baseline')),
  constraint divergence_alerts_level_known check (level in ('warning', 'overfitting', 'critical', 'implausible')),
  constraint divergence_alerts_levels_have_thresholds check ((threshold is null) = (level = 'implausible')),
  constraint divergence_alerts_resolved_with_resolution check ((resolved_at is null) = (resolution is null)),
  constraint divergence_alerts_resolved_after_opening check (resolved_at is null or resolved_at >= opened_at)
);
comment on table public.divergence_alerts is 'Alerts of the divergence check: one open row per symbol, horizon, ensemble and level.';
comment on column public.divergence_alerts.id is 'Surrogate key.';
comment on column public.divergence_alerts.symbol_id is 'The symbol.';
comment on column public.divergence_alerts.symbol is 'Its ticker.';
comment on column public.divergence_alerts.horizon is 'Horizon: 1D, 4h, 8h.';
comment on column public.divergence_alerts.ensemble is 'candidate or baseline.';
comment on column public.divergence_alerts.level is 'warning, overfitting, critical; or implausible, when the skill on test is too good to be true.';
comment on column public.divergence_alerts.threshold is 'Divergence above which the level begins; a fraction, null for implausible. Overfitting may open below it on the tests'' verdict.';
comment on column public.divergence_alerts.divergence is 'Divergence of the window that opened it; a fraction.';
comment on column public.divergence_alerts.metrics_id is 'The window that opened it.';
comment on column public.divergence_alerts.message is 'The window, its divergence and the reasons of its verdict.';
comment on column public.divergence_alerts.opened_at is 'Opened, UTC.';
comment on column public.divergence_alerts.resolved_at is 'Resolved, UTC; null while open.';
comment on column public.divergence_alerts.resolution is 'Why it was resolved.';

create unique index divergence_alerts_one_open on public.divergence_alerts
  (symbol_id, horizon, ensemble, level) where resolved_at is null;
create index divergence_alerts_by_metrics on public.divergence_alerts (metrics_id);

alter table public.divergence_alerts enable row level security;
create policy divergence_alerts_are_read_by_users on public.divergence_alerts for select to authenticated using (true);
revoke all on public.divergence_alerts from anon, authenticated, service_role;
grant select on public.divergence_alerts to authenticated, service_role;

-- alerts/tables/error_alerts.sql
create table public.error_alerts (
  id bigint generated always as identity primary key,
  kind text not null,
  source text not null,
  code text not null,
  occurrences integer not null,
  first_seen_at timestamptz not null,
  last_seen_at timestamptz not null,
  opened_at timestamptz not null,
  resolved_at timestamptz,
  resolution text,
  constraint error_alerts_kind_known check (kind in ('error', 'dead_job', 'missed_slot')),
  constraint error_alerts_occurred check (occurrences > 0 and first_seen_at <= last_seen_at),
  constraint error_alerts_resolved_with_resolution check ((resolved_at is null) = (resolution is null)),
  constraint error_alerts_resolved_after_opening check (resolved_at >= opened_at)
);
comment on table public.error_alerts is
  'Alerts on errors that nobody handled, dead jobs and missed slots: one open row per kind, source and code. What they said is in errors, jobs '
  'and slot_runs.';
comment on column public.error_alerts.id is 'Order of opening.';
comment on column public.error_alerts.kind is
  'error: a row of errors, those of the schedule too. dead_job: a job that ended dead. missed_slot: a slot that no tick came for.';
comment on column public.error_alerts.source is 'The function, or cron. and the job or slot; of a dead job its kind; of a missed slot its name.';
comment on column public.error_alerts.code is 'Its code; of a slot missed.';
comment on column public.error_alerts.occurrences is 'How many were seen since it was opened, at least: one that commits late may be left out.';
comment on column public.error_alerts.first_seen_at is 'The first of them happened, UTC.';
comment on column public.error_alerts.last_seen_at is 'The last of them happened, UTC.';
comment on column public.error_alerts.opened_at is 'Opened, UTC.';
comment on column public.error_alerts.resolved_at is 'Resolved, UTC; null while open.';
comment on column public.error_alerts.resolution is 'Why it was resolved.';

create unique index error_alerts_one_open on public.error_alerts (kind, source, code) where resolved_at is null;
create index error_alerts_latest on public.error_alerts (kind, source, code, last_seen_at);

alter table public.error_alerts enable row level security;
create policy error_alerts_are_read_by_users on public.error_alerts for select to authenticated using (true);
revoke all on public.error_alerts from anon, authenticated, service_role;
grant select on public.error_alerts to authenticated, service_role;

-- alerts/tables/alert_deliveries.sql
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
create policy alert_deliveries_are_read_by_users on public.alert_deliveries for select to authenticated using (true);
revoke all on public.alert_deliveries from anon, authenticated, service_role;
grant select on public.alert_deliveries to authenticated, service_role;

-- alerts/tables/errors.sql
create table public.errors (
  id bigint generated always as identity primary key,
  occurred_at timestamptz not null default now(),
  source text not null,
  code text not null,
  message text not null,
  details jsonb not null default '{}',
  constraint errors_source_is_named check (source ~ '^[a-z][a-z0-9_.-]{0,63}$'),
  constraint errors_code_is_snake_case check (code ~ '^[a-z][a-z0-9_]{0,63}$')
);
comment on table public.errors is 'Errors that nobody handled: of functions, of the schedule. What a caller did wrong is not here.';
comment on column public.errors.id is 'Order.';
comment on column public.errors.occurred_at is 'When, UTC.';
comment on column public.errors.source is 'The Edge Function or the job of cron.';
comment on column public.errors.code is 'Code for programs: internal_error, or a StoreError''s.';
comment on column public.errors.message is 'In words, at most 2,000 characters; never a key, a token or a body.';
comment on column public.errors.details is 'What is known beside it.';

create index errors_by_time on public.errors (occurred_at desc);

alter table public.errors enable row level security;
revoke all on public.errors from anon, authenticated, service_role;
grant select on public.errors to service_role;

-- alerts/functions/alert_rank.sql
create or replace function internal.alert_rank(p_level text) returns integer
language sql immutable set search_path = ''
as $$
  select coalesce(array_position(array[
    'rolled_back', 'trigger', 'kill_switch_on', 'implausible', 'critical', 'error', 'dead_job', 'missed_slot', 'overfitting', 'warning'], p_level), 99)
$$;
comment on function internal.alert_rank(text) is 'Place of a delivery''s level by gravity: 1 is the worst, 99 what is no fault.';
revoke execute on function internal.alert_rank(text) from public;

-- alerts/functions/apply_divergence_check.sql
create or replace function internal.apply_divergence_check(p_job public.jobs, p_result jsonb) returns jsonb
language plpgsql set search_path = ''
as $$
begin
  insert into public.divergence_alerts (
    symbol_id, symbol, horizon, ensemble, level, threshold, divergence, metrics_id, message)
  select s.id, a.symbol, a.horizon, a.ensemble, a.level, a.threshold, a.divergence, a.metrics_id, a.message
  from jsonb_to_recordset(p_result -> 'open') as a(
    symbol text, horizon text, ensemble text, level text, threshold double precision, divergence double precision,
    metrics_id bigint, message text)
  join public.symbols s on s.symbol = a.symbol
  on conflict (symbol_id, horizon, ensemble, level) where resolved_at is null do nothing;

  update public.divergence_alerts d
  set resolved_at = now(), resolution = r.resolution
  from jsonb_to_recordset(p_result -> 'resolve') as r(id bigint, resolution text)
  where d.id = r.id and d.resolved_at is null;
  return null;
end
$$;
comment on function internal.apply_divergence_check(public.jobs, jsonb) is
  'Opens and resolves alerts, as a check_divergence job found: {open: [rows], resolve: [{id, resolution}]}. An alert already open stays as it is.';
revoke execute on function internal.apply_divergence_check(public.jobs, jsonb) from public;

-- alerts/functions/compose_digest.sql
create or replace function internal.compose_digest(p_ids bigint[]) returns jsonb
language sql stable set search_path = ''
as $$
  select internal.webhook_payload(format('%s alerts since %s: %s. The worst:%s%s', cardinality(p_ids),
    (select to_char(min(d.created_at) at time zone 'UTC', 'YYYY-MM-DD HH24:MI UTC') from public.alert_deliveries d where d.id = any (p_ids)),
    (select string_agg(format('%s %s', l.n, replace(l.level, '_', ' ')), ', ' order by internal.alert_rank(l.level), l.level)
      from (select d.level, count(*) as n from public.alert_deliveries d where d.id = any (p_ids) group by d.level) l),
    -- Written for the webhook already: its marks are taken back, or they would be marked twice.
    (select string_agg(E'\n- ' || left(replace(replace(replace(w.text, '&lt;', '<'), '&gt;', '>'), '&amp;', '&'), 400), '' order by w.place)
      from (
        select d.payload ->> 'text' as text, row_number() over (order by internal.alert_rank(d.level), d.id) as place
        from public.alert_deliveries d where d.id = any (p_ids)
      ) w where w.place <= 5),
    E'\nAll of them are in public.alert_deliveries.'))
$$;
comment on function internal.compose_digest(bigint[]) is 'One message for many: how many of each level, and the five worst in their own words.';
revoke execute on function internal.compose_digest(bigint[]) from public;

-- alerts/functions/deliver_alerts.sql
create or replace function internal.deliver_alerts(p_now timestamptz default now()) returns jsonb
language plpgsql set search_path = ''
as $$
declare
  v_address text;
  v_due bigint[];
  v_digests bigint[];
  v_sent_lately integer;
  v_digest bigint;
  v_message record;
  v_sent integer := 0;
  v_skipped integer := 0;
begin
  -- Two at once would both send what waits.
  if not pg_try_advisory_xact_lock(hashtext('plumbline.deliver_alerts')) then
    return jsonb_build_object('busy', true);
  end if;
  perform internal.settle_deliveries(p_now);

  select s.decrypted_secret into v_address from vault.decrypted_secrets s where s.name = 'alert_webhook_url';
  -- The CLI's own words for a variable that is not set.
  if v_address is null or v_address = '' or v_address like 'env(%' then
    -- Not kept for later: what is configured one day would begin with a storm.
    update public.alert_deliveries d set status = 'skipped', reason = 'Vault has no alert_webhook_url' where d.status = 'waiting';
    get diagnostics v_skipped = row_count;
    return jsonb_build_object('sent', 0, 'skipped', v_skipped);
  elsif not internal.is_webhook_address(v_address) then
    update public.alert_deliveries d
    set status = 'failed', reason = 'alert_webhook_url in Vault begins neither with https:// nor with http://127.0.0.1'
    where d.status = 'waiting';
    return jsonb_build_object('sent', 0);
  end if;

  -- No delay is as long as an hour: the clock was set back.
  select array_agg(d.id order by d.id) filter (where d.level <> 'digest'), array_agg(d.id order by d.id) filter (where d.level = 'digest')
  into v_due, v_digests
  from public.alert_deliveries d
  where d.status = 'waiting' and d.digest_id is null and (d.next_attempt_at <= p_now or d.next_attempt_at > p_now + interval '1 hour');
  select count(*) into v_sent_lately from public.alert_deliveries d
  where d.digest_id is null and d.sent_at > p_now - interval '1 hour' and d.sent_at <= p_now + interval '10 minutes';

  if cardinality(v_due) > 5 or v_sent_lately > 10 and cardinality(v_due) > 0 then
    -- Once there are many in an hour, a digest every ten minutes: it would be a storm of digests. What stops or rolls back does not wait.
    if v_sent_lately > 10 and exists (
        select from public.alert_deliveries d
        where d.level = 'digest' and d.created_at > p_now - interval '10 minutes' and d.created_at <= p_now + interval '10 minutes')
      and not exists (
        select from public.alert_deliveries d where d.id = any (v_due) and internal.alert_rank(d.level) <= 3) then
      v_due := null;
    else
      insert into public.alert_deliveries (level, payload) values ('digest', internal.compose_digest(v_due)) returning id into v_digest;
      update public.alert_deliveries d set digest_id = v_digest where d.id = any (v_due);
      v_due := null;
      v_digests := v_digests || v_digest;
    end if;
  end if;

  for v_message in
    select d.id, d.payload from public.alert_deliveries d where d.id = any (v_due || v_digests) order by d.id
  loop
    begin
      update public.alert_deliveries d
      set status = 'sent', reason = null, response_status = null, attempts = d.attempts + 1, sent_at = now(),
        net_request_id = net.http_post(url := v_address, body := v_message.payload,
          headers := '{"content-type": "application/json"}', timeout_milliseconds := 10000)
      where d.id = v_message.id;
      v_sent := v_sent + 1;
    -- Its words may name the address.
    exception when others then
      update public.alert_deliveries d set status = 'failed', reason = format('pg_net did not take it (SQLSTATE %s)', sqlstate)
      where d.id = v_message.id;
    end;
  end loop;
  return jsonb_build_object('sent', v_sent);
end
$$;
comment on function internal.deliver_alerts(timestamptz) is
  'Every minute: notes what became of the messages sent before, and sends what waits, one request each, or one digest for all when more than '
  'five wait or more than ten messages went out in the last hour. Without an address in Vault they are skipped. Returns how many were sent.';
revoke execute on function internal.deliver_alerts(timestamptz) from public;

-- alerts/functions/error_sightings.sql
create or replace function internal.error_sightings(p_since timestamptz, p_until timestamptz)
returns table (kind text, source text, code text, seen_at timestamptz)
language sql stable set search_path = ''
as $$
  select 'error', e.source, e.code, e.occurred_at
  from public.errors e where e.occurred_at > p_since and e.occurred_at <= p_until
  union all
  select 'dead_job', j.kind, coalesce(j.error_code, 'unknown'), j.finished_at
  from public.jobs j where j.status = 'dead' and j.finished_at > p_since and j.finished_at <= p_until
  union all
  select 'missed_slot', r.slot, r.status, r.finished_at
  from public.slot_runs r
  -- By its time, which has an index: it is noticed within days.
  where r.status = 'missed' and r.due_at > p_since - interval '7 days' and r.finished_at > p_since and r.finished_at <= p_until
$$;
comment on function internal.error_sightings(timestamptz, timestamptz) is
  'Everything that went wrong unhandled after the first and until the second time: kind, source, code and when.';
revoke execute on function internal.error_sightings(timestamptz, timestamptz) from public;

-- alerts/functions/is_webhook_address.sql
create or replace function internal.is_webhook_address(p_address text) returns boolean
language sql immutable set search_path = ''
as $$
  select coalesce(p_address ~ '^(https://[A-Za-z0-9\[]|http://127\.0\.0\.1(:[0-9]{1,5})?(/|$))[^[:space:][:cntrl:]]*$', false)
$$;
comment on function internal.is_webhook_address(text) is 'Whether alerts may be sent to an address: by https, or on the machine itself (http://127.0.0.1).';
revoke execute on function internal.is_webhook_address(text) from public;

-- alerts/functions/record_error.sql
create or replace function public.record_error(p_source text, p_code text, p_message text, p_details jsonb default '{}') returns bigint
language sql security definer set search_path = ''
as $$
  insert into public.errors (source, code, message, details)
  values (p_source, p_code, left(p_message, 2000), coalesce(p_details, '{}'))
  returning id
$$;
comment on function public.record_error(text, text, text, jsonb) is 'Records an error that nobody handled; returns its id.';
revoke execute on function public.record_error(text, text, text, jsonb) from public, anon, authenticated;
grant execute on function public.record_error(text, text, text, jsonb) to service_role;

-- alerts/functions/settle_deliveries.sql
create or replace function internal.settle_deliveries(p_now timestamptz) returns void
language plpgsql set search_path = ''
as $$
declare
  v record;
  v_status text;
  v_reason text;
begin
  for v in
    select d.id, d.attempts, d.sent_at, d.net_request_id, h.id is not null as answered, h.status_code, h.timed_out,
      -- Nothing was sent: no connection came about.
      h.error_msg ~* '(could ?n.?t|could not|failed to) (connect|resolve)|ECONNREFUSED|ENOTFOUND|EAI_AGAIN|EHOSTUNREACH|ENETUNREACH|SSL connect|certificate'
        as refused
    from public.alert_deliveries d
    -- pg_net's ids begin anew after a crash, hence the times, and no other request with the same id since.
    left join lateral (
      select r.* from net._http_response r
      where r.id = d.net_request_id and r.created between d.sent_at and d.sent_at + interval '10 minutes'
        and not exists (
          select from public.alert_deliveries x where x.net_request_id = d.net_request_id and x.sent_at between d.sent_at and r.created and x.id <> d.id)
        and not exists (
          select from public.worker_requests w where w.net_request_id = d.net_request_id and w.requested_at between d.sent_at and r.created)
      order by r.created
      limit 1
    ) h on true
    where d.status = 'sent' and d.digest_id is null
    order by d.id
    for update of d
  loop
    if not v.answered then
      -- It waits for pg_net, or for its answer.
      continue when v.sent_at between p_now - interval '5 minutes' and p_now + interval '10 minutes'
        or exists (select from net.http_request_queue q where q.id = v.net_request_id);
      v_status := 'unknown';
      v_reason := 'pg_net knows of no answer; it may have arrived';
    elsif v.status_code between 200 and 299 then
      v_status := 'delivered';
      v_reason := null;
    elsif v.status_code = 429 or v.status_code >= 500 or v.status_code is null and v.refused then
      v_status := case when v.attempts < 8 then 'waiting' else 'failed' end;
      v_reason := coalesce('the webhook answered with status ' || v.status_code, 'no connection to the webhook');
    elsif v.status_code is not null then
      v_status := 'failed';
      v_reason := format('the webhook answered with status %s', v.status_code);
    else
      v_status := 'unknown';
      v_reason := case when v.timed_out then 'no answer within 10 s; it may have arrived'
        else 'the connection broke off before an answer; it may have arrived' end;
    end if;
    -- Nothing of what pg_net says is kept: it may name the address.
    update public.alert_deliveries
    set status = v_status, reason = v_reason, response_status = v.status_code,
      delivered_at = case when v_status = 'delivered' then p_now end,
      next_attempt_at = case when v_status = 'waiting' then p_now + internal.retry_delay(v.id, v.attempts) else next_attempt_at end
    where id = v.id;
  end loop;

  update public.alert_deliveries m
  set status = d.status, reason = d.reason, response_status = d.response_status, delivered_at = d.delivered_at
  from public.alert_deliveries d
  where d.id = m.digest_id and m.status in ('waiting', 'sent') and m.status <> d.status;
end
$$;
comment on function internal.settle_deliveries(timestamptz) is
  'Notes what became of the messages that were sent, as far as pg_net knows: delivered, to be tried again (no connection, status 429 or '
  '5xx; eight times in all), failed, or unknown.';
revoke execute on function internal.settle_deliveries(timestamptz) from public;

-- alerts/functions/watch_errors.sql
create or replace function internal.watch_errors(p_now timestamptz default now()) returns jsonb
language plpgsql set search_path = ''
as $$
declare
  v_opened integer;
  v_seen integer;
  v_resolved integer;
begin
  with written as (
    insert into public.error_alerts as a (kind, source, code, occurrences, first_seen_at, last_seen_at, opened_at)
    select s.kind, s.source, s.code, count(*), min(s.seen_at), max(s.seen_at), p_now
    -- A few minutes ahead: other transactions' times. Further ahead: written before the clock was set back.
    from internal.error_sightings(p_now - interval '24 hours', p_now + interval '10 minutes') s
    where s.seen_at > coalesce((
      select max(k.last_seen_at) from public.error_alerts k where (k.kind, k.source, k.code) = (s.kind, s.source, s.code)), '-infinity')
    group by s.kind, s.source, s.code
    on conflict (kind, source, code) where resolved_at is null do update
      set occurrences = a.occurrences + excluded.occurrences, last_seen_at = excluded.last_seen_at
    returning a.xmax = 0 as is_new
  )
  select count(*) filter (where w.is_new), count(*) filter (where not w.is_new) into v_opened, v_seen from written w;

  update public.error_alerts a
  set resolved_at = greatest(p_now, a.opened_at),
    resolution = format('none for 24 hours; the last of %s was at %s', a.occurrences,
      to_char(a.last_seen_at at time zone 'UTC', 'YYYY-MM-DD HH24:MI UTC'))
  where a.resolved_at is null and a.last_seen_at <= p_now - interval '24 hours';
  get diagnostics v_resolved = row_count;
  return jsonb_build_object('opened', v_opened, 'seen_again', v_seen, 'resolved', v_resolved);
end
$$;
comment on function internal.watch_errors(timestamptz) is
  'Opens an alert per kind, source and code of what went wrong in the last 24 hours, counts what happened again, and resolves what did not '
  'for 24 hours; returns how many of each.';
revoke execute on function internal.watch_errors(timestamptz) from public;

-- alerts/functions/webhook_payload.sql
create or replace function internal.webhook_payload(p_text text) returns jsonb
language sql immutable set search_path = ''
as $$
  -- Slack reads <...> as a link or a call for everybody.
  select jsonb_build_object('text', replace(replace(replace(left(p_text, 3000), '&', '&amp;'), '<', '&lt;'), '>', '&gt;'))
$$;
comment on function internal.webhook_payload(text) is 'A text as the body of a webhook that speaks Slack''s JSON, at most 3,000 characters of it.';
revoke execute on function internal.webhook_payload(text) from public;

-- alerts/triggers/enqueue_divergence_alert.sql
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
comment on function internal.enqueue_divergence_alert() is 'Trigger: an alert on divergence that is opened is to be delivered once.';
revoke execute on function internal.enqueue_divergence_alert() from public;

create trigger divergence_alerts_are_delivered after insert on public.divergence_alerts
for each row execute function internal.enqueue_divergence_alert();

-- alerts/triggers/enqueue_error_alert.sql
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
comment on function internal.enqueue_error_alert() is 'Trigger: an alert on errors that is opened is to be delivered once, without their words.';
revoke execute on function internal.enqueue_error_alert() from public;

create trigger error_alerts_are_delivered after insert on public.error_alerts
for each row execute function internal.enqueue_error_alert();

-- alerts/triggers/enqueue_rollout_event.sql
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
comment on function internal.enqueue_rollout_event() is 'Trigger: a decision on a rollout, or what rolls it back, is to be delivered once.';
revoke execute on function internal.enqueue_rollout_event() from public;

create trigger rollout_events_are_delivered after insert on public.rollout_events
for each row when (new.kind in (
  'deployed', 'promoted', 'completed', 'rolled_back', 'trigger', 'kill_switch_on', 'kill_switch_off'))
execute function internal.enqueue_rollout_event();

-- alerts/views/vw_daily_divergence.sql
create or replace view public.vw_daily_divergence with (security_invoker = true) as
with windows as (
  select (m.validation_date at time zone 'America/New_York')::date as day, o.ensemble, m.symbol, m.horizon, m.divergence, m.is_overfitting,
    o.implausible_skill, (l.value ->> 'warning')::double precision as warning, (l.value ->> 'overfitting')::double precision as overfitting,
    (l.value ->> 'critical')::double precision as critical
  from public.ensemble_validation_metrics m
  join public.overfitting_tests o on o.metrics_id = m.id
  join public.settings l on l.name = 'divergence_levels'
), validated as (
  select w.day, w.ensemble, count(distinct w.symbol)::integer as symbols, count(*)::integer as windows, avg(w.divergence) as mean_divergence,
    max(w.divergence) as largest_divergence,
    (array_agg(format('%s %s', w.symbol, w.horizon) order by w.divergence desc, w.symbol, w.horizon))[1] as largest_divergence_of,
    count(*) filter (where w.divergence > w.warning)::integer as above_warning,
    count(*) filter (where w.divergence > w.overfitting)::integer as above_overfitting,
    count(*) filter (where w.divergence > w.critical)::integer as above_critical,
    count(*) filter (where w.is_overfitting)::integer as overfitting_windows,
    count(*) filter (where w.implausible_skill)::integer as implausible_windows
  from windows w
  group by w.day, w.ensemble
), opened as (
  select (a.opened_at at time zone 'America/New_York')::date as day, a.ensemble, count(*)::integer as alerts
  from public.divergence_alerts a
  group by (a.opened_at at time zone 'America/New_York')::date, a.ensemble
)
select
  coalesce(v.day, o.day) as day,
  coalesce(v.ensemble, o.ensemble) as ensemble,
  coalesce(v.symbols, 0) as symbols,
  coalesce(v.windows, 0) as windows,
  v.mean_divergence,
  v.largest_divergence,
  v.largest_divergence_of,
  coalesce(v.above_warning, 0) as above_warning,
  coalesce(v.above_overfitting, 0) as above_overfitting,
  coalesce(v.above_critical, 0) as above_critical,
  coalesce(v.overfitting_windows, 0) as overfitting_windows,
  coalesce(v.implausible_windows, 0) as implausible_windows,
  coalesce(o.alerts, 0) as alerts_opened
from validated v
full join opened o on o.day = v.day and o.ensemble = v.ensemble;
comment on view public.vw_daily_divergence is 'Divergence of the windows validated on each day in New York, by ensemble, and the alerts opened that day.';
comment on column public.vw_daily_divergence.day is 'Date in New York.';
comment on column public.vw_daily_divergence.ensemble is 'candidate or baseline.';
comment on column public.vw_daily_divergence.symbols is 'Symbols with a window validated that day.';
comment on column public.vw_daily_divergence.windows is 'Windows validated that day.';
comment on column public.vw_daily_divergence.mean_divergence is 'Their mean divergence; a fraction, null without any.';
comment on column public.vw_daily_divergence.largest_divergence is 'The largest of them; a fraction, null without any.';
comment on column public.vw_daily_divergence.largest_divergence_of is 'Whose it is: symbol and horizon.';
comment on column public.vw_daily_divergence.above_warning is 'Windows whose divergence is above the level warning as the setting divergence_levels has it now.';
comment on column public.vw_daily_divergence.above_overfitting is 'Windows above the level overfitting.';
comment on column public.vw_daily_divergence.above_critical is 'Windows above the level critical.';
comment on column public.vw_daily_divergence.overfitting_windows is 'Windows whose verdict is overfitting, by divergence or by the tests.';
comment on column public.vw_daily_divergence.implausible_windows is 'Windows with a skill too good to be true.';
comment on column public.vw_daily_divergence.alerts_opened is 'Alerts opened that day.';

revoke all on public.vw_daily_divergence from anon, authenticated, service_role;
grant select on public.vw_daily_divergence to authenticated, service_role;

-- alerts/views/vw_open_alerts.sql
create or replace view public.vw_open_alerts with (security_invoker = true) as
select 'divergence' as kind, a.level, a.id as alert_id, format('%s %s %s', a.symbol, a.horizon, a.ensemble) as subject, a.opened_at,
  a.opened_at as last_seen_at, null::integer as occurrences, a.divergence, a.message, d.status as delivery, d.reason as delivery_reason
from public.divergence_alerts a
left join public.alert_deliveries d on d.divergence_alert_id = a.id
where a.resolved_at is null
union all
select a.kind, a.kind, a.id, a.source, a.opened_at, a.last_seen_at, a.occurrences, null, a.code, d.status, d.reason
from public.error_alerts a
left join public.alert_deliveries d on d.error_alert_id = a.id
where a.resolved_at is null;
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
