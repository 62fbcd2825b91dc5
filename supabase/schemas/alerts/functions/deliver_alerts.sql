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
  where d.digest_id is null and d.sent_at > p_now - interval '1 hour' and d.sent_at <= internal.clock_bound(p_now);

  if cardinality(v_due) > 5 or v_sent_lately > 10 and cardinality(v_due) > 0 then
    -- Once there are many in an hour, a digest every ten minutes: it would be a storm of digests. What stops or rolls back does not wait.
    if v_sent_lately > 10 and exists (
        select from public.alert_deliveries d
        where d.level = 'digest' and d.created_at > p_now - interval '10 minutes' and d.created_at <= internal.clock_bound(p_now))
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
