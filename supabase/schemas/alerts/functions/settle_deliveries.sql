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
      continue when v.sent_at between p_now - interval '5 minutes' and internal.clock_bound(p_now)
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
