-- Delivering alerts: an outbox, filled by the statement that opens an alert, emptied every minute by one request to a webhook each, or
-- by one for all when there are many. Never twice: what may have arrived is not sent again.

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

create function internal.alert_rank(p_level text) returns integer
language sql immutable set search_path = ''
as $$
  select coalesce(array_position(array[
    'rolled_back', 'trigger', 'kill_switch_on', 'implausible', 'critical', 'error', 'dead_job', 'failed_tick', 'failed_slot',
    'overfitting', 'warning'], p_level), 99)
$$;
comment on function internal.alert_rank(text) is 'Place of a delivery''s level by gravity: 1 is the worst, 99 what is no fault.';
revoke execute on function internal.alert_rank(text) from public;

create function internal.webhook_payload(p_text text) returns jsonb
language sql immutable set search_path = ''
as $$
  -- Slack reads <...> as a link or a call for everybody.
  select jsonb_build_object('text', replace(replace(replace(left(p_text, 3000), '&', '&amp;'), '<', '&lt;'), '>', '&gt;'))
$$;
comment on function internal.webhook_payload(text) is 'A text as the body of a webhook that speaks Slack''s JSON, at most 3,000 characters of it.';
revoke execute on function internal.webhook_payload(text) from public;

create function internal.enqueue_delivery() returns trigger
language plpgsql set search_path = ''
as $$
begin
  case tg_table_name
    when 'divergence_alerts' then
      insert into public.alert_deliveries (divergence_alert_id, level, payload)
      values (new.id, new.level, internal.webhook_payload(format('%s: %s %s, %s, is at a divergence of %s %%%s. %s',
        case new.level when 'implausible' then 'Implausible skill' else 'Divergence, level ' || new.level end,
        new.symbol, new.horizon, new.ensemble, round((100 * new.divergence)::numeric, 1),
        case when new.threshold is not null then format(' (the level begins at %s %%)', round((100 * new.threshold)::numeric, 1)) else '' end,
        new.message)));
    when 'error_alerts' then
      insert into public.alert_deliveries (error_alert_id, level, payload)
      values (new.id, new.kind, internal.webhook_payload(format('%s: %s, %s, %s since %s. What it said is in public.%s.',
        case new.kind
          when 'error' then 'Error that nobody handled'
          when 'dead_job' then 'Job ended dead'
          when 'failed_tick' then 'Tick of cron failed'
          else 'Slot ' || new.code
        end, new.source, new.code, case new.occurrences when 1 then 'once' else new.occurrences || ' times' end,
        to_char(new.first_seen_at at time zone 'UTC', 'YYYY-MM-DD HH24:MI UTC'),
        case new.kind when 'error' then 'errors' when 'dead_job' then 'jobs' when 'failed_tick' then 'cron_ticks' else 'slot_runs' end)));
    when 'rollout_events' then
      insert into public.alert_deliveries (rollout_event_id, level, payload)
      values (new.id, new.kind, internal.webhook_payload(format('%s%s: %s, by %s. %s',
        coalesce('Rollout ' || new.rollout_id, 'Forecasts'), coalesce(', stage ' || new.stage, ''),
        replace(new.kind, '_', ' '), new.actor, new.reason)));
  end case;
  return null;
end
$$;
comment on function internal.enqueue_delivery() is 'Trigger: an alert that is opened, or an event of a rollout, is to be delivered once.';
revoke execute on function internal.enqueue_delivery() from public;
create trigger divergence_alerts_are_delivered after insert on public.divergence_alerts
for each row execute function internal.enqueue_delivery();
create trigger error_alerts_are_delivered after insert on public.error_alerts
for each row execute function internal.enqueue_delivery();
create trigger rollout_events_are_delivered after insert on public.rollout_events
for each row when (new.kind in (
  'deployed', 'promoted', 'completed', 'rolled_back', 'trigger', 'kill_switch_on', 'kill_switch_off'))
execute function internal.enqueue_delivery();

create function internal.is_webhook_address(p_address text) returns boolean
language sql immutable set search_path = ''
as $$
  select coalesce(p_address ~ '^(https://[A-Za-z0-9\[]|http://127\.0\.0\.1(:[0-9]{1,5})?(/|$))[^[:space:][:cntrl:]]*$', false)
$$;
comment on function internal.is_webhook_address(text) is 'Whether alerts may be sent to an address: by https, or on the machine itself (http://127.0.0.1).';
revoke execute on function internal.is_webhook_address(text) from public;

create function internal.settle_deliveries(p_now timestamptz) returns void
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

create function internal.compose_digest(p_ids bigint[]) returns jsonb
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

create function internal.deliver_alerts(p_now timestamptz default now()) returns jsonb
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
