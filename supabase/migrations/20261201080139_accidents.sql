-- Made from supabase/schemas by npm run build:migrations.

-- A function may name what is made after it.
set check_function_bodies = off;

-- foundation/functions/clock_bound.sql
create or replace function internal.clock_bound(p_now timestamptz default now()) returns timestamptz
language sql stable set search_path = ''
as $$
  select p_now + interval '10 minutes'
$$;
comment on function internal.clock_bound(timestamptz) is
  'The latest time that a row can have been finished at: what has a later one was written by a clock that was set back since, and does not '
  'count as done. Ten minutes, since clocks that are set right by a little are no matter.';
revoke execute on function internal.clock_bound(timestamptz) from public;

-- foundation/functions/touch_updated_at.sql
create or replace function internal.touch_updated_at() returns trigger
language plpgsql set search_path = ''
as $$
begin
  -- internal.mend_set_back_clock moves it.
  if current_setting('plumbline.keeps_updated_at', true) is distinct from 'true' then
    new.updated_at := now();
  end if;
  return new;
end
$$;
comment on function internal.touch_updated_at() is 'Trigger: sets updated_at to the transaction''s time on every update.';
revoke execute on function internal.touch_updated_at() from public;

-- configuration/triggers/check_rollout_setting.sql
create or replace function internal.check_rollout_setting() returns trigger
language plpgsql set search_path = ''
as $$
declare
  v_part record;
  v_number double precision;
  v_good boolean := true;
begin
  case new.name
    when 'automatic_rollback' then
      v_good := jsonb_typeof(new.value) = 'boolean';
    when 'symbol_ends_after_sessions' then
      v_number := case when jsonb_typeof(new.value) = 'number' then (new.value #>> '{}')::double precision end;
      v_good := v_number = floor(v_number) and v_number between 1 and 1000;
    when 'rollout_stages' then
      v_good := jsonb_typeof(new.value) = 'object'
        and (select array_agg(s.stage order by s.stage) from jsonb_object_keys(new.value) s(stage)) = array['canary', 'full', 'limited'];
      if v_good then
        for v_part in select s.value from jsonb_each(new.value) s loop
          v_good := v_good and coalesce(
            jsonb_typeof(v_part.value) = 'object'
            and (select array_agg(k.name order by k.name) from jsonb_object_keys(v_part.value) k(name)) = array['days', 'horizons']
            and jsonb_typeof(v_part.value -> 'days') = 'number' and (v_part.value ->> 'days')::double precision between 0 and 1000
            and jsonb_typeof(v_part.value -> 'horizons') = 'array' and jsonb_array_length(v_part.value -> 'horizons') > 0
            and v_part.value -> 'horizons' <@ '["1D", "4h", "8h"]', false);
        end loop;
      end if;
    when 'rollout_roles' then
      v_good := jsonb_typeof(new.value) = 'array' and coalesce((
        select bool_and(jsonb_typeof(r.role) = 'string' and r.role #>> '{}' ~ '^[A-Za-z][A-Za-z0-9 _-]{0,31}$')
        from jsonb_array_elements(new.value) r(role)), true);
    when 'rollout_criteria' then
      v_good := jsonb_typeof(new.value) = 'object'
        and (select array_agg(k.name order by k.name) from jsonb_object_keys(new.value) k(name)) = array[
          'confidence', 'critical_alerts_per_hour', 'health_ratio', 'largest_divergence', 'margin', 'mean_divergence',
          'minimum_sessions', 'rollback_margin'];
      if v_good then
        for v_part in select k.key, k.value from jsonb_each(new.value) k loop
          v_number := case when jsonb_typeof(v_part.value) = 'number' then (v_part.value #>> '{}')::double precision end;
          v_good := v_good and coalesce(case v_part.key
            when 'confidence' then v_number between 0.5 and 0.999
            when 'critical_alerts_per_hour' then v_number = floor(v_number) and v_number between 0 and 1000
            when 'minimum_sessions' then v_number = floor(v_number) and v_number between 1 and 1000
            when 'health_ratio' then v_number between 1 and 100
            else v_number > 0 and v_number < 1
          end, false);
        end loop;
        v_good := v_good and (new.value ->> 'margin')::double precision < (new.value ->> 'rollback_margin')::double precision
          and (new.value ->> 'mean_divergence')::double precision < (new.value ->> 'largest_divergence')::double precision;
      end if;
    else
      null;
  end case;
  if v_good is not true then
    perform internal.refuse_setting(new);
  end if;
  return new;
end
$$;
comment on function internal.check_rollout_setting() is 'Trigger: refuses a value of a rollout''s setting that its readers could not use (invalid_setting).';
revoke execute on function internal.check_rollout_setting() from public;

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
    from internal.error_sightings(p_now - interval '24 hours', internal.clock_bound(p_now)) s
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

-- rollout-evidence/functions/latest_evaluation.sql
create or replace function internal.latest_evaluation(p_rollout public.rollouts) returns public.rollout_evaluations
language sql stable set search_path = ''
as $$
  -- Of two at once, the one that saw more may be stored first. Evidence ahead of the clock is of before it was set back: only where there is no other.
  select e.*
  from (
    (
      select x.* from public.rollout_evaluations x
      where x.rollout_id = p_rollout.id and x.stage = p_rollout.stage and x.evidence_at <= internal.clock_bound()
      order by x.evidence_at desc, x.id desc limit 1
    )
    union all
    (
      select x.* from public.rollout_evaluations x
      where x.rollout_id = p_rollout.id and x.stage = p_rollout.stage and x.evidence_at > internal.clock_bound()
      order by x.evidence_at desc, x.id desc limit 1
    )
  ) e
  order by e.evidence_at limit 1
$$;
comment on function internal.latest_evaluation(public.rollouts) is
  'The evaluation of a rollout''s present stage on the latest evidence; null without one.';
revoke execute on function internal.latest_evaluation(public.rollouts) from public;

-- rollout-decisions/functions/promotion_obstacles.sql
create or replace function internal.promotion_obstacles(p_rollout public.rollouts) returns text[]
language plpgsql stable set search_path = ''
as $$
declare
  v_evaluation public.rollout_evaluations := internal.latest_evaluation(p_rollout);
  v_obstacles text[] := '{}';
  v_noticed text;
  v_since timestamptz;
begin
  if now() < p_rollout.stage_due_at then
    v_obstacles := v_obstacles || format('stage %s lasts until %s', p_rollout.stage, internal.utc_text(p_rollout.stage_due_at));
  end if;
  if not exists (select from public.rollout_symbols m where m.rollout_id = p_rollout.id) then
    v_obstacles := v_obstacles || format('no symbol is left in rollout %s: all have ended', p_rollout.id);
  end if;
  if v_evaluation.id is null then
    return v_obstacles || format('stage %s was not evaluated yet', p_rollout.stage);
  end if;
  if v_evaluation.verdict <> 'pass' then
    v_obstacles := v_obstacles || format('evaluation %s says %s: %s', v_evaluation.id, v_evaluation.verdict, (
      select string_agg(format('%s (%s)', c.criterion ->> 'criterion', c.criterion ->> 'verdict'), ', ' order by c.place)
      from jsonb_array_elements(v_evaluation.criteria) with ordinality c(criterion, place)
      where c.criterion ->> 'verdict' <> 'pass'));
  end if;
  if v_evaluation.evidence_at < now() - interval '24 hours' then
    v_obstacles := v_obstacles || format('evaluation %s is of %s, more than 24 hours ago', v_evaluation.id,
      internal.utc_text(v_evaluation.evidence_at));
  elsif v_evaluation.evidence_at > internal.clock_bound() then
    v_obstacles := v_obstacles || format('evaluation %s is of %s, which is yet to come: the clock was set back', v_evaluation.id,
      internal.utc_text(v_evaluation.evidence_at));
  end if;
  -- What a transaction noticed is seen when it ends, minutes after its time at most: what is a little older than the evidence may not be in it.
  v_since := v_evaluation.evidence_at - interval '5 minutes';
  select string_agg(n.sentence, '; ' order by n.place, n.at, n.sentence) filter (where n.rank <= 20)
    || case when count(*) > 20 then format('; and %s more', count(*) - 20) else '' end
  into v_noticed
  from (
    select m.*, row_number() over (order by m.place, m.at, m.sentence) as rank
    from (
      select 1, e.id::double precision, format('%s: %s', replace(e.kind, '_', ' '), e.reason)
      from public.rollout_events e
      where e.rollout_id = p_rollout.id and e.kind in ('trigger', 'job_dead', 'forecast_missing', 'error')
        and (e.happened_at > v_since or e.id > coalesce(v_evaluation.last_event_id, 0))
        -- Triggers and missing forecasts have no class.
        and (e.figures ->> 'class' is null or internal.failure_consequence(e.figures ->> 'class') in ('counts', 'holds'))
      union all
      -- And what the watch, which comes every five minutes, has not noticed yet.
      select 2, extract(epoch from e.occurred_at), format('error: error %s of %s: %s', e.id, e.source, e.code)
      from internal.rollout_errors(v_since, 'infinity') e
      where internal.failure_consequence(e.class) in ('counts', 'holds') and not exists (
        select from public.rollout_events x
        where x.rollout_id = p_rollout.id and x.kind = 'error' and x.subject = format('error %s', e.id))
      union all
      select 2, extract(epoch from j.finished_at), format('job dead: job %s, %s: %s', j.id, concat_ws(' ', j.kind, j.symbol, j.horizon), j.code)
      from internal.rollout_dead_jobs(p_rollout.id, v_since) j
      where not j.made_good and internal.failure_consequence(j.class) in ('counts', 'holds') and not exists (
        select from public.rollout_events x
        where x.rollout_id = p_rollout.id and x.kind = 'job_dead' and x.subject = format('job %s %s', j.id, internal.utc_text(j.finished_at)))
      union all
      select 2, extract(epoch from f.deadline), format('forecast missing: %s was not there by %s',
        concat_ws(' ', f.symbol, f.horizon, f.ensemble, f.session_date), internal.utc_text(f.deadline))
      from internal.expected_forecasts(p_rollout.id, greatest(v_since, p_rollout.stage_started_at), now()) f
      where f.ensemble = 'candidate' and f.state in ('late', 'forecast_missing') and not exists (
        select from public.rollout_events x
        where x.rollout_id = p_rollout.id and x.kind = 'forecast_missing'
          and x.subject = internal.forecast_subject(f.symbol, f.horizon, f.ensemble, f.session_date, f.data_cutoff))
    ) m(place, at, sentence)
  ) n;
  if v_noticed is not null then
    v_obstacles := v_obstacles || format('noticed since evaluation %s or shortly before it: %s', v_evaluation.id, v_noticed);
  end if;
  return v_obstacles;
end
$$;
comment on function internal.promotion_obstacles(public.rollouts) is
  'What a promotion out of the present stage lacks, a sentence each; empty when it is ready: the stage has lasted long enough, and its latest '
  'evaluation passed, is at most 24 hours old, and later than anything that was noticed or has yet to be.';
revoke execute on function internal.promotion_obstacles(public.rollouts) from public;

-- rollout-watch/functions/notice_ended_symbols.sql
create or replace function internal.notice_ended_symbols(p_rollout public.rollouts, p_now timestamptz) returns integer
language plpgsql set search_path = ''
as $$
declare
  v_most integer := (internal.setting('symbol_ends_after_sessions') #>> '{}')::integer;
  v_ended jsonb;
  v_present public.rollouts;
  v_symbol record;
  v_left integer;
begin
  with newest as materialized (
    select b.timeframe, b.provider, b.feed, max(b.last_bar_time) as bar_time
    from public.bar_series b join public.symbols s on s.id = b.symbol_id and s.active
    group by b.timeframe, b.provider, b.feed
  ), unknown as materialized (
    -- Twice, so that one answer of a provider does not end a symbol.
    select j.payload ->> 'symbol' as symbol, j.payload ->> 'timeframe' as timeframe, min(j.finished_at) as since
    from public.jobs j
    where j.status = 'dead' and j.finished_at between p_now - interval '7 days' and p_now and j.kind = 'ingest'
      and j.error_code = 'provider_unknown_symbol'
    group by 1, 2
    having count(*) > 1
  ), member as (
    select m.symbol_id, m.symbol, h.horizon, s.active, h.horizon = any (s.horizons) as is_listed, b.last_bar_time, b.provider, n.bar_time as newest,
      greatest(p_rollout.stage_started_at, m.joined_at) as since,
      exists (
        select from unknown u
        where u.symbol = m.symbol and u.timeframe = internal.timeframe_of(h.horizon) and not exists (
          select from public.jobs j
          where j.kind = 'ingest' and j.status = 'succeeded' and j.payload ->> 'symbol' = u.symbol and j.payload ->> 'timeframe' = u.timeframe
            and j.finished_at > u.since)) as is_unknown
    from public.rollout_symbols m
    join public.symbols s on s.id = m.symbol_id
    cross join unnest(m.horizons) h(horizon)
    left join public.bar_series b on b.symbol_id = m.symbol_id and b.timeframe = internal.timeframe_of(h.horizon)
    -- Others from the same source: where that gives nothing to anybody, no symbol has ended.
    left join lateral (
      select max(x.bar_time) as bar_time from newest x
      where x.timeframe = internal.timeframe_of(h.horizon) and (b.provider is null or (x.provider, x.feed) = (b.provider, b.feed))
    ) n on true
    where m.rollout_id = p_rollout.id
  ), judged as (
    select m.*, case when m.newest > coalesce(m.last_bar_time, '-infinity') then (
      select count(*)
      from generate_series(
        greatest((m.last_bar_time at time zone 'UTC')::date + 1, (m.since at time zone 'America/New_York')::date)::timestamp,
        (m.newest at time zone 'UTC')::date::timestamp, interval '1 day') d(day)
      where internal.is_session(d.day::date) and internal.session_close(d.day::date) > m.since)
      else 0 end as sessions
    from member m
  ), ended as (
    select j.*, case
      when not j.active then 'inactive'
      when not j.is_listed then 'horizon_removed'
      when j.is_unknown and j.sessions > 0 then 'unknown_to_provider'
      when j.sessions >= v_most then 'no_bars' end as code
    from judged j
  )
  select jsonb_agg(jsonb_build_object('symbol', e.symbol, 'symbol_id', e.symbol_id, 'horizons', e.horizons, 'code', e.code, 'sessions', e.sessions,
    'last_bar_time', e.last_bar_time) order by e.symbol, e.code) into v_ended
  from (
    select e.symbol, e.symbol_id, e.code, array_agg(e.horizon order by array_position(array['1D', '4h', '8h'], e.horizon)) as horizons,
      max(e.sessions) as sessions, max(e.last_bar_time) as last_bar_time
    from ended e where e.code is not null group by e.symbol, e.symbol_id, e.code
  ) e;
  if v_ended is null then
    return 0;
  end if;

  v_present := internal.lock_rollout();
  if v_present.id <> p_rollout.id or (v_present.status, v_present.stage) is distinct from ('running', p_rollout.stage) then
    return 0;
  end if;
  for v_symbol in
    select e.* from jsonb_to_recordset(v_ended) as e(
      symbol text, symbol_id bigint, horizons text[], code text, sessions integer, last_bar_time timestamptz)
  loop
    delete from public.rollout_symbols m
    where m.rollout_id = p_rollout.id and m.symbol_id = v_symbol.symbol_id and m.horizons <@ v_symbol.horizons;
    update public.rollout_symbols m set horizons = array(
      select h.horizon from unnest(m.horizons) with ordinality h(horizon, place) where h.horizon <> all (v_symbol.horizons) order by h.place)
    where m.rollout_id = p_rollout.id and m.symbol_id = v_symbol.symbol_id;
    select count(*) into v_left from public.rollout_symbols m where m.rollout_id = p_rollout.id;
    perform internal.add_rollout_event(p_rollout.id, 'symbol_left', 'automatic', format('%s %s: %s%s', v_symbol.symbol,
        array_to_string(v_symbol.horizons, ', '), case v_symbol.code
          when 'inactive' then 'the symbol was set inactive'
          when 'horizon_removed' then 'no longer among the symbol''s horizons'
          when 'unknown_to_provider' then 'the provider does not know the symbol any more, and others have later bars'
          else format('no bar in %s sessions in which others had one', v_symbol.sessions) end,
        case when v_left = 0 then '. No symbol is left: nothing can be judged' else '' end),
      to_jsonb(v_symbol) - 'symbol_id' || jsonb_build_object('symbols_left', v_left));
  end loop;
  return jsonb_array_length(v_ended);
end
$$;
comment on function internal.notice_ended_symbols(public.rollouts, timestamptz) is
  'Takes symbols that have ended, or horizons of them, out of a rollout, each with an event symbol_left: set inactive; the horizon taken away; unknown to the '
  'provider, which said so twice in a week; or without a bar in symbol_ends_after_sessions sessions of the stage in which others of '
  'its source have one. Pairs that came true stay evidence. Returns how many events.';
revoke execute on function internal.notice_ended_symbols(public.rollouts, timestamptz) from public;

-- rollout-watch/functions/watch_rollout.sql
create or replace function internal.watch_rollout(p_now timestamptz default now()) returns jsonb
language plpgsql set search_path = ''
as $$
declare
  v_rollout public.rollouts;
  v_since timestamptz;
  v_present public.rollouts;
  v_lasting jsonb;
  v_triggers jsonb;
  v_new boolean := false;
  v_trigger record;
  v_reason text;
begin
  select r.* into v_rollout from public.rollouts r where r.status = 'running';
  if v_rollout.id is null then
    return jsonb_build_object('skipped', 'no rollout runs');
  end if;
  perform internal.notice_ended_symbols(v_rollout, p_now);
  -- The first two are of what was not noticed before.
  -- What the last look saw it has recorded. What a transaction noted or stored is seen when that ends: two hours is longer than any takes.
  if v_rollout.watched_until is not null then
    v_since := greatest(v_rollout.started_at, least(v_rollout.watched_until, p_now) - interval '2 hours');
  end if;
  v_triggers := internal.notice_forecasts(v_rollout, coalesce(v_since, p_now - interval '7 days'), p_now)
    || internal.notice_failures(v_rollout, coalesce(v_since, v_rollout.started_at), p_now);
  v_new := v_triggers <> '[]';
  v_lasting := internal.large_divergences(v_rollout);
  v_triggers := v_triggers
    || internal.alert_storm(v_rollout, coalesce(v_since - interval '1 hour', v_rollout.stage_started_at), p_now) || v_lasting;
  if v_triggers = '[]' then
    perform internal.compare_pairs(500);
    perform internal.note_watched(v_rollout.id, p_now);
    return jsonb_build_object('rollout_id', v_rollout.id, 'triggers', v_triggers, 'rolled_back', false);
  end if;

  v_present := internal.lock_rollout();
  if v_present.id <> v_rollout.id or v_present.status <> 'running' then
    return jsonb_build_object('skipped', format('rollout %s was decided on meanwhile', v_rollout.id));
  end if;
  -- Not before: who locks the rollout and then its row would wait for one who does it the other way round.
  perform internal.note_watched(v_rollout.id, p_now);
  for v_trigger in
    select t.value, internal.trigger_subject(v_rollout.stage, t.value) as subject
    from jsonb_array_elements(v_triggers) t(value)
  loop
    v_new := internal.add_rollout_event(v_rollout.id, 'trigger', 'automatic', v_trigger.value ->> 'sentence', v_trigger.value,
      v_trigger.subject) is not null or v_new;
  end loop;
  -- What was recorded while automatic_rollback was false stays a record; a divergence goes on as long as its window.
  if internal.setting('automatic_rollback') <> 'true' or not v_new and v_lasting = '[]' then
    return jsonb_build_object('rollout_id', v_rollout.id, 'triggers', v_triggers, 'rolled_back', false);
  end if;
  select string_agg(t.value ->> 'sentence', ' ' order by t.place) into v_reason
  from jsonb_array_elements(v_triggers) with ordinality t(value, place);
  perform internal.roll_back(v_rollout.id, 'automatic', v_reason, jsonb_build_object('triggers', v_triggers));
  return jsonb_build_object('rollout_id', v_rollout.id, 'triggers', v_triggers, 'rolled_back', true);
end
$$;
comment on function internal.watch_rollout(timestamptz) is
  'Looks at what has happened to the rollout that runs since it last looked, and two hours before: records missing forecasts and bars, dead jobs and unhandled errors, each once, and rolls back by itself, '
  'unless automatic_rollback is false, when forecasts of the candidate are missing, at an unhandled error that counts against it (failure_class), at more than '
  'critical_alerts_per_hour critical alerts and such errors in an hour, and at a divergence above largest_divergence. {rollout_id, triggers, '
  'rolled_back}, or {skipped}. Symbols that have ended leave before. Compares pairs that wait, at most 500. Reconcile calls it.';
revoke execute on function internal.watch_rollout(timestamptz) from public;

-- schedule/functions/mend_set_back_clock.sql
create or replace function internal.mend_set_back_clock() returns jsonb
language plpgsql set search_path = ''
as $$
declare
  v_bound timestamptz := internal.clock_bound();
  v_minute timestamptz := date_trunc('minute', now(), 'UTC');
  v_last_tick timestamptz := (select max(t.ticked_at) from public.cron_ticks t);
  v_by interval;
  v_slots integer;
  v_runs integer;
  v_what record;
begin
  -- One of the ticks of this minute does it.
  if v_last_tick is null or v_last_tick <= v_bound or not pg_try_advisory_xact_lock(hashtext('plumbline.mend_set_back_clock')) then
    return null;
  end if;
  -- A minute less than between the ticks, which is never more than it was: nothing is moved to before what happened before it.
  v_by := v_last_tick - v_minute - interval '1 minute';
  perform set_config('plumbline.keeps_updated_at', 'true', true);

  -- What is once a date and time is done anew when these come.
  delete from public.slot_runs r where r.finished_at > v_bound;
  get diagnostics v_slots = row_count;
  delete from public.planning_rounds r where r.began_at > v_bound;
  delete from public.canary_reports r where r.issued_at > v_bound;
  update public.runs r set idempotency_key = format('%s:ahead:%s', r.idempotency_key, r.id)
  where r.created_at > v_bound and r.kind in ('ingestion', 'divergence_check', 'rollout_evaluation');
  get diagnostics v_runs = row_count;

  -- What follows from data was done, but not then: it is moved to when it was, in its order. Bars first, windows are judged by them.
  update public.bars b set ingested_at = least(b.ingested_at - v_by, now())
  from public.bar_series s
  where s.stored_at > v_bound and b.symbol_id = s.symbol_id and b.timeframe = s.timeframe and b.ingested_at > v_bound;
  for v_what in
    select w.relation,
      string_agg(format('%1$I = case when %1$I > now() then least(%1$I - $2, now()) else %1$I end', c.name), ', ') as moved,
      string_agg(format('%I > $1', c.name), ' or ') as is_ahead
    from (values
      (1, 'artifacts', '{trained_at}'::text[]),
      (2, 'forecasts', '{issued_at}'),
      (3, 'forecast_outcomes', '{scored_at}'),
      (4, 'ensemble_weights', '{created_at}'),
      (5, 'ensemble_validation_metrics', '{validation_date, trained_at, created_at, updated_at}'),
      (6, 'overfitting_tests', '{created_at, updated_at}'),
      (7, 'rollout_evaluations', '{evidence_at}'),
      (8, 'runs', '{created_at, started_at, finished_at}'),
      (9, 'jobs', '{created_at, updated_at, finished_at}'),
      (10, 'errors', '{occurred_at}'),
      (11, 'error_alerts', '{first_seen_at, last_seen_at, opened_at, resolved_at}'),
      (12, 'divergence_alerts', '{opened_at, resolved_at}'),
      (13, 'query_timings', '{measured_at}'),
      (14, 'schedule_slots', '{active_since}')
    ) w(place, relation, columns)
    cross join unnest(w.columns) c(name)
    group by w.place, w.relation
    order by w.place
  loop
    execute format('update public.%I set %s where %s', v_what.relation, v_what.moved, v_what.is_ahead) using v_bound, v_by;
  end loop;

  perform set_config('plumbline.keeps_updated_at', '', true);
  delete from public.cron_ticks t where t.ticked_at > v_minute;
  perform internal.note_next_due(null, now());
  perform public.record_error('cron.clock', 'clock_set_back', format(
    'The clock was set back by about %s minutes: %s slots that were noted ahead of their time will run, and %s runs do not count for them',
    floor(extract(epoch from v_by) / 60), v_slots, v_runs));
  return jsonb_build_object('minutes', floor(extract(epoch from v_by) / 60), 'slots', v_slots, 'runs', v_runs);
end
$$;
comment on function internal.mend_set_back_clock() is
  'After the clock was set back, by what cron has ticked ahead of it: slots, reports and rounds of planning that were finished in the future '
  '(clock_bound) are deleted and their runs lose the key, so that they happen at their time; all else that was done then is moved to '
  'when it was. Records clock_set_back and returns {minutes, slots, runs}; null when the clock was not set back.';
revoke execute on function internal.mend_set_back_clock() from public;

-- schedule/functions/run_slot.sql
create or replace function internal.run_slot(p_slot text, p_date date, p_time time, p_now timestamptz, p_made_up boolean) returns text
language plpgsql set search_path = ''
as $$
declare
  v_slot public.schedule_slots;
  v_before public.slot_runs;
  v_due_at timestamptz := internal.new_york_time(p_date, p_time);
  v_began timestamptz := clock_timestamp();
  v_closed text;
  v_status text := 'done';
  v_reason text;
  v_detail text;
  v_result jsonb;
begin
  -- Another tick is at it, or reconcile is: they do it once between them.
  if not pg_try_advisory_xact_lock(hashtextextended(format('plumbline.slot:%s:%s:%s', p_slot, p_date, p_time), 0)) then
    return 'busy';
  end if;
  select r.* into v_before from public.slot_runs r where (r.slot, r.slot_date, r.local_time) = (p_slot, p_date, p_time);
  -- A tick in time of what was noted as missed: the clock was ahead when it was noted.
  if v_before.status is not null and v_before.finished_at <= internal.clock_bound()
    and v_before.status not in ('unfinished', case when p_made_up then 'failed' else 'missed' end) then
    return v_before.status;
  end if;

  begin
    select s.* into strict v_slot from public.schedule_slots s where s.slot = p_slot;
    if v_slot.days = 'sessions' then
      v_closed := internal.closed_because(p_date);
    end if;
    if v_closed is not null then
      v_status := 'skipped';
      v_reason := v_closed;
    elsif not v_slot.active then
      v_status := 'skipped';
      v_reason := format('paused: %s', v_slot.paused_because);
    else
      v_result := internal.perform_slot(v_slot, p_date, p_time, p_now);
      if v_result ? 'skipped' then
        v_status := 'skipped';
        v_reason := v_result ->> 'skipped';
        v_result := null;
      elsif v_result -> 'more' = 'true' then
        v_status := 'unfinished';
        v_reason := 'stopped for the time it took; goes on within a minute';
      elsif p_made_up then
        v_reason := format('made up for %s minutes after its time', floor(extract(epoch from p_now - v_due_at) / 60));
      end if;
    end if;
  -- others leaves out what a timeout or an operator cancels, and a failed assertion: that would take reconcile's other work with it,
  -- every time anew.
  exception when query_canceled or assert_failure or others then
    get stacked diagnostics v_detail = pg_exception_detail;
    v_status := 'failed';
    v_reason := format('%s (SQLSTATE %s)', sqlerrm, sqlstate);
    v_result := null;
    perform internal.record_cron_error(p_slot, v_reason, sqlstate, v_detail);
  end;

  insert into public.slot_runs as r (
    slot, slot_date, local_time, due_at, status, reason, result, made_up, started_at, finished_at)
  values (p_slot, p_date, p_time, v_due_at, v_status, v_reason, v_result, p_made_up, v_began, clock_timestamp())
  on conflict (slot, slot_date, local_time) do update set
    status = excluded.status, reason = excluded.reason, result = excluded.result, attempts = r.attempts + (r.status <> 'unfinished')::integer,
    made_up = excluded.made_up, started_at = case when r.status = 'unfinished' then r.started_at else excluded.started_at end,
    finished_at = excluded.finished_at;
  perform internal.note_next_due(p_slot, p_now);
  return v_status;
end
$$;
comment on function internal.run_slot(text, date, time, timestamptz, boolean) is
  'Runs a slot of a date and time once and records what became of it, an error also in errors; returns the status, of an earlier run if there '
  'was one (a failed one is tried again when p_made_up, one noted as missed runs when not, an unfinished one goes on; one that was finished in '
  'the future does not count), or busy while '
  'another transaction is at it.';
revoke execute on function internal.run_slot(text, date, time, timestamptz, boolean) from public;

-- schedule/functions/tick_job.sql
create or replace function internal.tick_job(p_job text, p_now timestamptz default now()) returns jsonb
language plpgsql set search_path = ''
as $$
declare
  v_minute timestamptz := date_trunc('minute', p_now, 'UTC');
  v_calls text;
  v_result jsonb;
  v_error text;
  v_detail text;
begin
  if not internal.is_configured() then
    -- What falls due meanwhile is nobody's: the slots begin when there is somebody to call.
    if p_job = 'reconcile' then
      update public.schedule_slots set active_since = p_now;
      perform internal.note_next_due(null, p_now);
    end if;
    return jsonb_build_object('skipped', 'Vault has no project_url');
  end if;
  -- Ticks of a later hour: the clock was set back, and their minutes come once more.
  if exists (select from public.cron_ticks t where t.job = p_job and t.ticked_at > internal.clock_bound(v_minute)) then
    begin
      perform internal.mend_set_back_clock();
    exception when query_canceled or assert_failure or others then
      get stacked diagnostics v_detail = pg_exception_detail;
      perform internal.record_cron_error('clock', format('%s (SQLSTATE %s)', sqlerrm, sqlstate), sqlstate, v_detail);
    end;
    delete from public.cron_ticks t where t.job = p_job and t.ticked_at >= v_minute;
  end if;
  insert into public.cron_ticks (job, ticked_at) values (p_job, v_minute) on conflict (job, ticked_at) do nothing;
  if not found then
    return jsonb_build_object('repeated', true);
  end if;
  begin
    select t.calls into strict v_calls from public.schedule_ticks t where t.job = p_job;
    execute format('select internal.%I($1)', v_calls) into v_result using p_now;
  -- others leaves out what a timeout or an operator cancels, and a failed assertion: the tick would leave no row.
  exception when query_canceled or assert_failure or others then
    get stacked diagnostics v_detail = pg_exception_detail;
    v_error := format('%s (SQLSTATE %s)', sqlerrm, sqlstate);
    raise warning 'plumbline-%: %', p_job, v_error;
    perform internal.record_cron_error(p_job, v_error, sqlstate, v_detail);
  end;
  update public.cron_ticks set result = v_result, error = v_error where job = p_job and ticked_at = v_minute;
  return coalesce(v_result, jsonb_build_object('error', v_error));
end
$$;
comment on function internal.tick_job(text, timestamptz) is
  'Cron''s tick of a row of schedule_ticks: records it, does the work once a minute at most, and records an error (also in '
  'errors) instead of losing the tick with it. Does and records nothing until Vault has project_url.';
revoke execute on function internal.tick_job(text, timestamptz) from public;

-- configuration/rows/settings.sql
insert into public.settings (name, value, description) values
  ('publishing_enabled', 'true', 'Kill switch: false hides every forecast from current_forecasts and plans no new ones. Boolean.'),
  ('window_sizes',
   '{"1D": {"train": 1000, "validation": 250, "test": 250, "step": 250},
     "4h": {"train": 500, "validation": 125, "test": 125, "step": 125},
     "8h": {"train": 375, "validation": 125, "test": 125, "step": 125}}',
   'Walk-forward window sizes by horizon: train, validation, test (20 bars or more) and step.'),
  ('divergence_levels', '{"warning": 0.15, "overfitting": 0.2, "critical": 0.3}',
   'Divergence above which a level begins: an alert opens at each, overfitting is a window''s verdict, and from warning on calibrated '
   'weights go back to the preset. {warning, overfitting, critical}: fractions, ascending.'),
  ('validation_windows', '4', 'How many of the latest windows a scheduled validation covers. Positive integer.'),
  ('validation_interval_days', '7', 'Days after which a symbol''s windows are validated again if there are new bars. Positive number.'),
  ('max_workers', '2', 'Workers under way at once, usually; 0 stops all work. Integer, 0 or more.'),
  ('max_workers_cap', '8',
   'Workers under way at once at most: one more than max_workers for each five minutes that a forecast waits to be claimed. At most max_workers: '
   'never more than those. Integer, 0 or more.'),
  ('lease_seconds', '60', 'How long a worker may hold a job between two reports, in seconds. Positive integer.'),
  ('artifact_max_age_bars', '21', 'A forecast asked for by hand may use fitted members at most this many bars old. Integer, 0 or more.'),
  ('user_quota', '{"forecasts": 100, "runs": 200}',
   'What a signed-in user may ask for in an hour: forecasts that nobody is making yet, and runs that wait for any. Reading what is there is free, and '
   'so is all that a secret key asks for. {forecasts, runs}: integers, 0 or more.'),
  ('direction_thresholds', '{"bullish": 0.55, "bearish": 0.45}',
   'Probability of a positive return from which on a forecast is bullish (0.5 or more, below 1), and up to which it is bearish '
   '(above 0, 0.5 or less, below bullish); between them it is neutral. {bullish, bearish}.'),
  ('on_member_failure', '"fail"',
   'What becomes of an ensemble when a member of it fails: fail ends the run, drop goes on with the other members, and the rows say '
   'so. A run keeps what was set when it was planned. "fail" or "drop".'),
  ('market_data', '{"provider": "csv"}',
   'Where scheduled ingestion takes bars from: {"provider": "csv"} (nowhere: bars are uploaded), {"provider": "alpaca", "feed": "iex" or '
   '"sip", "adjustment": "raw", "split", "dividend" or "all"}, {"provider": "tiingo", "adjustment": "raw" or "all"}. With first_date '
   '(YYYY-MM-DD) a symbol''s history begins there, else ten years before its first ingestion. The keys are secrets of the functions.'),
  ('largest_move', '{"default": 3}',
   'The largest factor by which a price is believed to move from one close to the next, or inside a bar: a bar beyond it is not taken '
   'from a provider and not fitted to. {"default": factor, "SYMBOL": factor, ...}, each above 1.'),
  ('slot_attempts', '3', 'How often a slot that failed is tried in all. Positive integer.'),
  ('forecast_deadline_minutes', '105',
   'Minutes after a session''s close by which its forecasts are expected to be there. Integer, 0 or more.'),
  ('retention_days',
   '{"cron_history": 14, "cron_ticks": 7, "worker_requests": 7, "query_timings": 30, "checkpoints": 30, "slot_runs": 400,
     "canary_reports": 400, "runs": 400, "alerts": 400, "windows": 400}',
   'Days after which purge deletes, by what: ended runs with their jobs and the errors of that time, resolved alerts with their deliveries, '
   'validated windows but for the latest of each configuration, cron''s own history, and so on. Positive integers, all ten; slot_runs at '
   'least 9, for reconcile looks back seven days.'),
  ('rollout_stages',
   '{"canary": {"days": 7, "horizons": ["1D"]}, "limited": {"days": 7, "horizons": ["1D", "4h", "8h"]},
     "full": {"days": 7, "horizons": ["1D", "4h", "8h"]}}',
   'The stages of a rollout: the days that each lasts at least (0 to 1000), and the horizons that the candidate is forecast on. '
   'Which symbol joins at which stage is in symbols.stage. {canary, limited, full: {days, horizons}}.'),
  ('rollout_criteria',
   '{"mean_divergence": 0.15, "largest_divergence": 0.25, "margin": 0.05, "rollback_margin": 0.1, "confidence": 0.95,
     "minimum_sessions": 5, "health_ratio": 1.5, "critical_alerts_per_hour": 5}',
   'What a stage is judged by. mean_divergence: the candidate''s mean divergence must stay below it. largest_divergence: one window above '
   'it rolls back. margin: how much worse than the baseline''s its RMSE and CRPS may be (0.05 is 5 %). rollback_margin: how much worse, '
   'beyond doubt, rolls back. confidence: of every interval and sequential test, 0.5 to 0.999. minimum_sessions: sessions without which no '
   'stage passes. health_ratio: how many times what deploy captured the p95 of queries may be. critical_alerts_per_hour: more of them roll '
   'back. All eight, fractions unless said otherwise.'),
  ('rollout_roles', '[]', 'Roles whose approval a promotion needs, for instance ["ML", "QA", "DevOps", "Product"]. Array of names.'),
  ('symbol_ends_after_sessions', '3',
   'Sessions of a stage without a bar of a symbol, while others of its source have one, after which it leaves the rollout. Integer, 1 to 1000.'),
  ('automatic_rollback', 'true', 'Whether a trigger rolls back by itself; false: it is recorded as an event only. Boolean.')
-- What an operator set stays.
on conflict (name) do update set description = excluded.description;

-- Written by hand: what the tables changed.
alter table public.rollout_events drop constraint rollout_events_kind_known;
alter table public.rollout_events add constraint rollout_events_kind_known check (kind in (
  'deployed', 'evaluated', 'promoted', 'completed', 'rolled_back', 'extended', 'approved', 'note', 'kill_switch_on', 'kill_switch_off',
  'trigger', 'forecast_missing', 'bars_missing', 'job_dead', 'error', 'health_captured', 'secrets_written', 'symbol_left')) not valid;
comment on column public.rollout_events.kind is
  'deployed, promoted, completed, rolled_back, extended, approved, note, kill_switch_on, kill_switch_off: an operator''s act, or an '
  'automatic one. evaluated: the verdict changed. trigger: something that rolls back was met. forecast_missing, bars_missing, job_dead, '
  'error: what was noticed. health_captured: durations of queries taken by deploy. secrets_written: Vault secrets, by name. '
  'symbol_left: a symbol, or horizons of it, that ended and are not judged any more.';
comment on table public.rollout_symbols is
  'The symbols that a rollout has reached: one row each; every other symbol is served by the baseline. '
  'One that ends leaves (event symbol_left).';

-- A database of 0.5.0 has the baseline as it was worded then: it lacks a function that later migrations call, and three others differ.
create or replace function internal.refuse_setting(p_setting public.settings) returns void
language plpgsql set search_path = ''
as $$
begin
  perform internal.refuse(400, 'invalid_setting', format('%s cannot be %s. %s', p_setting.name, p_setting.value,
    rtrim(p_setting.description, '.')));
end
$$;
comment on function internal.refuse_setting(public.settings) is
  'Refuses the value of a setting (invalid_setting), quoting the description, which says what it may be.';
revoke execute on function internal.refuse_setting(public.settings) from public;

do $do$
declare
  v_function record;
begin
  for v_function in
    select pg_get_functiondef(f.name::regprocedure) as definition, f.was, f.should_be
    from (values
      ('internal.check_forecast_setting()',
       $$perform internal.refuse(400, 'invalid_setting', format('%s cannot be %s. %s', new.name, new.value, rtrim(new.description, '.')));$$,
       'perform internal.refuse_setting(new);'),
      ('internal.check_market_data_setting()',
       $$perform internal.refuse(400, 'invalid_setting', format('%s cannot be %s. %s', new.name, new.value, rtrim(new.description, '.')));$$,
       'perform internal.refuse_setting(new);'),
      ('public.canary_report(bigint)', '''there is no report %s''', '''There is no report %s''')
    ) f(name, was, should_be)
  loop
    if position(v_function.was in v_function.definition) > 0 then
      execute replace(v_function.definition, v_function.was, v_function.should_be);
    end if;
  end loop;
end
$do$;
