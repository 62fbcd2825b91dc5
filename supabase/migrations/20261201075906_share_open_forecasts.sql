-- Made from supabase/schemas by npm run build:migrations.

-- A function may name what is made after it.
set check_function_bodies = off;

-- They take one argument more.
drop function internal.refuse(integer, text, text);
drop function internal.require_forecast_request(text[], text);
drop function public.forecast_state(text[], text);

alter table public.jobs add column forecast_key text;
comment on column public.jobs.forecast_key is
  'Of a forecast: what it is of (internal.forecast_key). At most one job of a key is open; null for other kinds.';
comment on column public.jobs.priority is
  'Smaller is claimed first: 40 forecasts asked for over HTTP, after those of the schedule, else as job_kinds has it.';
comment on column public.jobs.run_id is
  'The run it belongs to; others that wait for it are in joined_jobs. A request''s job becomes the schedule''s when that wants it too.';
alter table public.runs add column quota_used integer not null default 0;
comment on column public.runs.quota_used is
  'How much of its user''s quota it took: the forecasts that nobody was making when it was asked for.';
comment on column public.runs.jobs_total is 'Jobs planned so far, and those of other runs that it joined.';
comment on column public.canary_reports.jobs_dead is 'Jobs that ended dead since; not those that only a request asked for.';
comment on column public.canary_reports.runs_failed is 'Runs of the schedule that failed since.';

-- foundation/functions/refuse.sql
create or replace function internal.refuse(
  p_status integer, p_code text, p_message text, p_retry_at timestamptz default null
) returns void
language plpgsql set search_path = ''
as $$
declare
  -- PostgREST copies the message into the line of the HTTP status: a line break would end that line.
  v_message text := regexp_replace(p_message, '[\u0001-\u001f\u007f-\u009f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]+', ' ', 'g');
begin
  if length(v_message) > 1000 then
    v_message := left(v_message, 999) || '…';
  end if;
  raise exception using errcode = format('PT%s', p_status), message = v_message, detail = p_code,
    hint = case when p_retry_at is null then '' else greatest(1, ceil(extract(epoch from p_retry_at - now())))::integer::text end;
end
$$;
comment on function internal.refuse(integer, text, text, timestamptz) is
  'Ends the transaction with an HTTP status (as PostgREST reads SQLSTATE PTnnn); the error''s detail is the code for programs, its hint in how '
  'many seconds, one at least, to ask again (p_retry_at; empty for null). Each run of '
  'control characters (those of writing direction too) in the message becomes a space, and it is cut at 1,000 characters. '
  'Twin: oneLine (src/shared/wording/one-line.ts), compared in test/database/computed-twice.test.ts.';
revoke execute on function internal.refuse(integer, text, text, timestamptz) from public;

-- configuration/triggers/check_forecast_setting.sql
create or replace function internal.check_forecast_setting() returns trigger
language plpgsql set search_path = ''
as $$
declare
  v_good boolean := true;
begin
  case new.name
    when 'direction_thresholds' then
      v_good := jsonb_typeof(new.value) = 'object'
        and coalesce((
          select bool_and(jsonb_typeof(p.value) = 'number') and array_agg(p.key order by p.key) = array['bearish', 'bullish']
          from jsonb_each(case when jsonb_typeof(new.value) = 'object' then new.value end) p), false);
      if v_good then
        v_good := (new.value ->> 'bullish')::double precision >= 0.5 and (new.value ->> 'bullish')::double precision < 1
          and (new.value ->> 'bearish')::double precision > 0 and (new.value ->> 'bearish')::double precision <= 0.5
          and (new.value ->> 'bearish')::double precision < (new.value ->> 'bullish')::double precision;
      end if;
    when 'user_quota' then
      v_good := jsonb_typeof(new.value) = 'object'
        and coalesce((
          select bool_and(jsonb_typeof(p.value) = 'number' and p.value #>> '{}' ~ '^[0-9]{1,6}$') and array_agg(p.key order by p.key) = array['forecasts', 'runs']
          from jsonb_each(case when jsonb_typeof(new.value) = 'object' then new.value end) p), false);
    when 'on_member_failure' then
      v_good := new.value in ('"fail"', '"drop"');
    else
      null;
  end case;
  if v_good is not true then
    perform internal.refuse_setting(new);
  end if;
  return new;
end
$$;
comment on function internal.check_forecast_setting() is
  'Trigger: refuses a value of direction_thresholds, user_quota or on_member_failure that its readers could not use (invalid_setting).';
revoke execute on function internal.check_forecast_setting() from public;

create or replace trigger settings_check_forecast before insert or update on public.settings
for each row execute function internal.check_forecast_setting();

-- queue/tables/joined_jobs.sql
-- Only what is joined has a row here: a run's own jobs name it.
create table public.joined_jobs (
  run_id uuid not null references public.runs (id) on delete cascade,
  job_id bigint not null references public.jobs (id) on delete cascade,
  joined_at timestamptz not null default now(),
  primary key (run_id, job_id)
);
comment on table public.joined_jobs is
  'Jobs of other runs that a run waits for: it asked for a forecast that was being made. They count in its jobs_total and jobs_done.';
comment on column public.joined_jobs.run_id is 'The run that joined.';
comment on column public.joined_jobs.job_id is 'The job, which is of another run.';
comment on column public.joined_jobs.joined_at is 'When, UTC.';

create index joined_jobs_by_job on public.joined_jobs (job_id);

alter table public.joined_jobs enable row level security;
revoke all on public.joined_jobs from anon, authenticated, service_role;
grant select on public.joined_jobs to service_role;

-- queue/functions/add_forecast_jobs.sql
create or replace function internal.add_forecast_jobs(p_forecasts jsonb, p_via text) returns void
language plpgsql set search_path = ''
as $$
declare
  -- Requests come after all forecasts of the schedule, its evaluations and its bars; reconcile_jobs sees to it that they come at all.
  v_priority constant smallint := case p_via when 'http' then 40
    else (select k.priority from public.job_kinds k where k.kind = 'forecast') end;
  v_open bigint[];
begin
  -- Whoever adds forecasts takes turns, so that of two who ask for the same one the second finds the job of the first.
  perform pg_advisory_xact_lock(hashtext('plumbline.add_forecast_jobs'));
  -- Key by key: of all at once Postgres would read the whole queue while it is short.
  select array_agg(o.id) into v_open
  from jsonb_array_elements(p_forecasts) f
  cross join lateral (
    select j.id from public.jobs j
    where j.forecast_key = f.value ->> 'key' and j.forecast_key is not null and j.status in ('queued', 'running')
    limit 1
  ) o;

  if v_open is not null then
    -- Locked, so that none ends before its run has joined.
    select array_agg(o.id) into v_open
    from (
      select j.id from public.jobs j where j.id = any (v_open) and j.status in ('queued', 'running') order by j.id for no key update
    ) o;
    with joined as materialized (
      -- What the schedule joins becomes its own: its turn, and its failure.
      select j.id, j.run_id as owner, f.run_id as run_id, p_via = 'schedule' and r.requested_via = 'http' as is_taken_over
      from jsonb_to_recordset(p_forecasts) as f(run_id uuid, key text)
      join public.jobs j on j.forecast_key = f.key and j.id = any (v_open)
      join public.runs r on r.id = j.run_id
    ), moved as (
      update public.jobs j
      set priority = least(j.priority, v_priority), run_id = case when x.is_taken_over then x.run_id else j.run_id end
      from joined x
      where j.id = x.id and (x.is_taken_over or j.priority > v_priority)
    )
    insert into public.joined_jobs (run_id, job_id)
    select case when x.is_taken_over then x.owner else x.run_id end, x.id from joined x order by x.id;
  end if;

  insert into public.jobs (run_id, kind, idempotency_key, payload, priority, config_hash, forecast_key)
  select f.run_id, 'forecast', internal.job_key(f.run_id, 'forecast', f.payload ->> 'symbol'), f.payload, v_priority, f.config_hash, f.key
  from rows from (jsonb_to_recordset(p_forecasts) as (run_id uuid, key text, payload jsonb, config_hash text)) with ordinality f(
    run_id, key, payload, config_hash, place)
  where v_open is null or not exists (select from public.jobs j where j.forecast_key = f.key and j.id = any (v_open))
  order by f.place;
end
$$;
comment on function internal.add_forecast_jobs(jsonb, text) is
  'Gives runs their forecasts: [{run_id, key (forecast_key), payload, config_hash (null: the run''s)}], p_via schedule or http. A run joins the '
  'open job of a key, if there is one; with p_via schedule the job of a request becomes the joining run''s, with the schedule''s priority. The '
  'runs'' jobs_total is the caller''s to count.';
revoke execute on function internal.add_forecast_jobs(jsonb, text) from public;

-- queue/functions/claim_job.sql
create or replace function public.claim_job(p_kinds text[], p_code_version text, p_request bigint default null) returns jsonb
language plpgsql security definer set search_path = ''
as $$
declare
  v_next record;
  v_id bigint;
  v_job public.jobs;
begin
  -- Kind by kind and priority by priority, each by one look into an index: however many jobs wait, and however many may not be claimed yet.
  for v_next in
    with recursive queued as (
      select k.kind, (
        select min(j.priority) from public.jobs j where j.kind = k.kind and j.status = 'queued' and j.attempts < j.max_attempts) as priority
      from unnest(p_kinds) k(kind)
      union all
      select q.kind, (
        select min(j.priority) from public.jobs j
        where j.kind = q.kind and j.status = 'queued' and j.attempts < j.max_attempts and j.priority > q.priority)
      from queued q where q.priority is not null
    )
    select q.kind, q.priority, false as stalled from queued q where q.priority is not null
    union
    select j.kind, j.priority, true from public.jobs j
    where j.status = 'running' and j.lease_until < now() and j.attempts < j.max_attempts and j.kind = any (p_kinds)
    order by priority, stalled desc, kind
  loop
    if v_next.stalled then
      select j.id into v_id from public.jobs j
      where j.status = 'running' and j.lease_until < now() and j.attempts < j.max_attempts
        and j.kind = v_next.kind and j.priority = v_next.priority
      order by j.lease_until
      limit 1
      for update skip locked;
    else
      select j.id into v_id from public.jobs j
      where j.kind = v_next.kind and j.priority = v_next.priority and j.status = 'queued' and j.attempts < j.max_attempts
        and j.run_after <= now()
      order by j.run_after, j.id
      limit 1
      for update skip locked;
    end if;
    exit when v_id is not null;
  end loop;

  if v_id is null then
    return null;
  end if;

  update public.jobs j
  set status = 'running', lease_token = gen_random_uuid(), attempts = j.attempts + 1, worker_request_id = p_request,
    lease_until = now() + make_interval(secs => (internal.setting('lease_seconds') #>> '{}')::double precision)
  where j.id = v_id
  returning j.* into v_job;
  update public.worker_requests
  set claimed_at = coalesce(claimed_at, now()), alive_until = v_job.lease_until
  where id = p_request;

  -- Its run, and those that joined it; in their order, as ending jobs take them.
  update public.runs r
  set status = 'running', started_at = coalesce(r.started_at, now()), code_version = p_code_version
  where r.id in (
    select l.id from public.runs l
    where l.id = any (array(select v_job.run_id union all select x.run_id from public.joined_jobs x where x.job_id = v_job.id))
      and (l.status = 'queued' or l.code_version is distinct from p_code_version)
    order by l.id
    for no key update);

  return (
    select jsonb_build_object(
      'id', v_job.id, 'run_id', v_job.run_id, 'kind', v_job.kind, 'payload', (v_job.payload - 'settings_id') || coalesce(s.settings, '{}'),
      'lease_token', v_job.lease_token, 'attempt', v_job.attempts,
      'configuration', k.configuration, 'config_hash', k.config_hash,
      'on_member_failure', r.on_member_failure, 'checkpoint', c.checkpoint)
    from public.runs r
    left join public.configurations k on k.config_hash = coalesce(v_job.config_hash, r.config_hash)
    left join public.job_settings s on s.id = (v_job.payload ->> 'settings_id')::smallint
    left join public.job_checkpoints c on c.job_id = v_job.id
    where r.id = v_job.run_id);
end
$$;
comment on function public.claim_job(text[], text, bigint) is
  'Leases the next job of these kinds to the caller, with its checkpoint and what it was planned with; null when there is none. Of one '
  'priority the job that may be claimed longest comes first. A lease that ran out is claimed again. Concurrent callers never get the same '
  'job. p_request: the worker_requests row that the caller answers; null for a caller by hand.';
revoke execute on function public.claim_job(text[], text, bigint) from public, anon, authenticated;
grant execute on function public.claim_job(text[], text, bigint) to service_role;

-- queue/functions/end_job.sql
create or replace function internal.end_job(p_job public.jobs, p_status text, p_code text, p_message text) returns void
language plpgsql set search_path = ''
as $$
declare
  v_runs uuid[];
  v_next public.job_kinds;
begin
  -- Siblings that end at the same time take turns here, so that exactly one of them is the last. Each has a row of its result that refers to
  -- the run: a lock that shuts these references out would make two of them wait for each other.
  select array_agg(l.id) into v_runs
  from (
    select r.id from public.runs r
    where r.id = any (array(select p_job.run_id union all select x.run_id from public.joined_jobs x where x.job_id = p_job.id))
    order by r.id
    for no key update
  ) l;

  delete from public.job_checkpoints c where c.job_id = p_job.id;
  update public.jobs
  set status = p_status, lease_token = null, lease_until = null, finished_at = now(),
    progress = case when p_status = 'succeeded' then 1 else progress end,
    error_code = p_code, error_message = p_message
  where id = p_job.id;

  select n.* into v_next
  from public.job_kinds k
  join public.job_kinds n on n.kind = k.followed_by
  where k.kind = p_job.kind
    and exists (select from public.runs r where r.id = p_job.run_id and r.jobs_done + 1 = r.jobs_total)
    and exists (select from public.jobs j where j.run_id = p_job.run_id and j.status = 'succeeded');
  if v_next.kind is not null then
    -- About the run's subject, and not about the one window that happened to end last.
    insert into public.jobs (run_id, kind, idempotency_key, payload, priority)
    values (p_job.run_id, v_next.kind, format('%s:%s', p_job.run_id, v_next.kind), p_job.payload - 'window_id', v_next.priority);
    update public.runs set jobs_total = jobs_total + 1 where id = p_job.run_id;
    perform internal.request_workers(1);
  end if;

  update public.runs r
  set jobs_done = r.jobs_done + 1,
    status = case when not e.ends then r.status when e.error_code is null then 'succeeded' else 'failed' end,
    error_code = e.error_code, error_message = e.error_message, finished_at = case when e.ends then now() end
  from (
    select x.id, x.ends, d.error_code, d.error_message
    from (select w.id, w.jobs_done + 1 = w.jobs_total as ends from public.runs w where w.id = any (v_runs)) x
    left join lateral (
      select j.error_code, j.error_message
      from (
        select o.* from public.jobs o where o.run_id = x.id
        union all
        select o.* from public.joined_jobs n join public.jobs o on o.id = n.job_id where n.run_id = x.id
      ) j
      where x.ends and j.status = 'dead'
      order by j.id limit 1
    ) d on true
  ) e
  where r.id = e.id;
end
$$;
comment on function internal.end_job(public.jobs, text, text, text) is
  'Ends a job and, with the last one, its run and each that joined it; after its last job of a kind that another follows (job_kinds), that one is '
  'planned.';
revoke execute on function internal.end_job(public.jobs, text, text, text) from public;

-- queue/functions/forecast_key.sql
create or replace function internal.forecast_key(
  p_symbol_id bigint, p_horizon text, p_ensemble text, p_config_hash text, p_cutoff timestamptz, p_stored_at timestamptz
) returns text
language sql stable set search_path = ''
as $$
  select concat_ws(':', p_symbol_id, p_horizon, p_ensemble, p_config_hash, extract(epoch from p_cutoff), extract(epoch from p_stored_at))
$$;
comment on function internal.forecast_key(bigint, text, text, text, timestamptz, timestamptz) is
  'Names one forecast: symbol, horizon, ensemble with its configuration, data cutoff, and when the bars were stored, for restated ones make '
  'another forecast. Jobs with the same key do the same work.';
revoke execute on function internal.forecast_key(bigint, text, text, text, timestamptz, timestamptz) from public;

-- queue/functions/reconcile_jobs.sql
create or replace function internal.reconcile_jobs() returns jsonb
language plpgsql set search_path = ''
as $$
declare
  v_job public.jobs;
  v_dead integer := 0;
  v_revived integer;
begin
  for v_job in
    select j.* from public.jobs j
    where j.status = 'running' and j.lease_until < now() and j.attempts >= j.max_attempts
    order by j.id
    for update skip locked
  loop
    perform internal.end_job(v_job, 'dead', 'lease_expired', format(
      'No worker finished a step of %s within its lease in %s attempts', v_job.kind, v_job.attempts));
    v_dead := v_dead + 1;
  end loop;

  -- A worker may take over an expired lease itself; what nobody took over for another lease's length is put back.
  update public.jobs
  set status = 'queued', lease_token = null, lease_until = null, error_code = 'lease_expired',
    error_message = 'Its worker did not report within the lease'
  where id in (
    select j.id from public.jobs j
    where j.status = 'running' and j.attempts < j.max_attempts
      and j.lease_until < now() - make_interval(secs => (internal.setting('lease_seconds') #>> '{}')::double precision)
    order by j.id
    for update skip locked);
  get diagnostics v_revived = row_count;

  -- Requests wait for the schedule. So that a schedule that is never done does not keep them for ever, one at a time takes its place at the end
  -- of the scheduled ones.
  update public.jobs j
  set priority = k.priority, run_after = now()
  from public.job_kinds k
  where k.kind = 'forecast' and j.id = (
    select w.id from public.jobs w
    where w.kind = 'forecast' and w.priority > k.priority and w.status = 'queued' and w.attempts < w.max_attempts
      and w.run_after <= now() - interval '15 minutes'
    order by w.run_after, w.id
    limit 1
    for update skip locked);

  -- What became of the requests, as long as pg_net remembers it. Its ids may start anew after a crash, hence the times.
  update public.worker_requests w
  set response_status = h.status_code, response_error = left(coalesce(h.error_msg, case when h.timed_out then 'timed out' end), 300)
  from net._http_response h
  where h.id = w.net_request_id and h.created between w.requested_at and w.requested_at + interval '10 minutes'
    and w.requested_at > now() - interval '6 hours' and w.response_status is null and w.response_error is null;

  -- What nothing was heard of is no longer looked at.
  update public.worker_requests w set ended_at = now()
  where w.ended_at is null
    and (w.alive_until is null or w.alive_until < now() - interval '10 minutes' or w.requested_at > now() + interval '1 minute');

  return jsonb_build_object('dead', v_dead, 'revived', v_revived);
end
$$;
comment on function internal.reconcile_jobs() is
  'Ends jobs whose every attempt ran out of its lease (dead), puts stalled ones back into the queue (revived), gives one '
  'forecast of a request that has waited for a quarter of an hour the schedule''s priority, notes what pg_net says of the requests for workers, and '
  'gives up those that nothing was heard of.';
revoke execute on function internal.reconcile_jobs() from public;

-- queue/functions/retry_job.sql
create or replace function public.retry_job(p_job_id bigint) returns jsonb
language plpgsql security definer set search_path = ''
as $$
declare
  v_job public.jobs;
  v_run public.runs;
  v_follows text;
  v_check public.jobs;
begin
  -- The job first and then its run, as every ending job takes them.
  select j.* into v_job from public.jobs j where j.id = p_job_id for update;
  if v_job.id is null then
    perform internal.refuse(404, 'unknown_job', format('There is no job %s', p_job_id));
  elsif v_job.status <> 'dead' then
    perform internal.refuse(409, 'not_dead', format('Job %s is %s: only a dead job is put back', p_job_id, v_job.status));
  end if;
  select r.* into v_run from public.runs r where r.id = v_job.run_id for update;
  if exists (
    select from public.runs r
    where r.idempotency_key = v_run.idempotency_key and r.status <> 'failed' and r.id <> v_run.id) then
    perform internal.refuse(409, 'superseded', format('Job %s: its run %s was planned anew since', p_job_id, v_run.id));
  end if;
  if exists (
    select from public.jobs j
    where j.forecast_key = v_job.forecast_key and j.forecast_key is not null and j.status in ('queued', 'running')) then
    perform internal.refuse(409, 'superseded', format('Job %s: another job makes its forecast by now', p_job_id));
  end if;

  insert into public.job_retries (job_id, error_code, error_message)
  values (v_job.id, v_job.error_code, v_job.error_message);
  update public.jobs
  set status = 'queued', attempts = 0, run_after = now(), progress = 0, error_code = null, error_message = null,
    finished_at = null
  where id = p_job_id;
  v_run.jobs_done := v_run.jobs_done - 1;
  -- What followed the others, a divergence check after windows, will follow this one.
  select k.followed_by into v_follows from public.job_kinds k where k.kind = v_job.kind;
  if v_follows is not null then
    select j.* into v_check from public.jobs j
    where j.run_id = v_run.id and j.kind = v_follows for update skip locked;
    if v_check.id is null and exists (
      select from public.jobs j where j.run_id = v_run.id and j.kind = v_follows) then
      perform internal.refuse(409, 'check_is_ending', format('Job %s cannot be put back: the %s of its run is just ending. Ask again',
        p_job_id, v_follows));
    elsif v_check.id is not null then
      delete from public.jobs j where j.id = v_check.id;
      v_run.jobs_total := v_run.jobs_total - 1;
      v_run.jobs_done := v_run.jobs_done - (v_check.status in ('succeeded', 'dead'))::integer;
    end if;
  end if;
  update public.runs
  set status = 'running', started_at = coalesce(started_at, now()), finished_at = null, error_code = null,
    error_message = null, jobs_done = v_run.jobs_done, jobs_total = v_run.jobs_total
  where id = v_run.id;
  -- Who joined it waits again, unless the same was asked anew since.
  delete from public.joined_jobs x
  using public.runs r
  where x.job_id = p_job_id and r.id = x.run_id and exists (
    select from public.runs n where n.idempotency_key = r.idempotency_key and n.status <> 'failed' and n.id <> r.id);
  update public.runs r
  set status = 'running', started_at = coalesce(r.started_at, now()), finished_at = null, error_code = null, error_message = null,
    jobs_done = r.jobs_done - 1
  where r.id in (
    select l.id from public.runs l
    where l.id in (select x.run_id from public.joined_jobs x where x.job_id = p_job_id)
    order by l.id
    for no key update);
  perform internal.request_workers(1);
  return jsonb_build_object('job', p_job_id, 'run', v_run.id, 'status', 'queued');
end
$$;
comment on function public.retry_job(bigint) is
  'Puts a dead job back into the queue, with new attempts and from its beginning, reopens its run and those that joined it, and records it in job_retries. Raises '
  'unknown_job, not_dead, superseded, check_is_ending (ask again).';
revoke execute on function public.retry_job(bigint) from public, anon, authenticated;
grant execute on function public.retry_job(bigint) to service_role;

-- queue/functions/run_progress.sql
create or replace function public.run_progress(p_run_id uuid) returns table (progress double precision, forecast_ids bigint[])
language sql stable security definer set search_path = ''
as $$
  with job as materialized (
    select o.progress, o.status, string_to_array(o.forecast_key, ':') as key from public.jobs o where o.run_id = p_run_id
    union all
    select o.progress, o.status, string_to_array(o.forecast_key, ':')
    from public.joined_jobs x join public.jobs o on o.id = x.job_id where x.run_id = p_run_id
  )
  select (select coalesce(avg(j.progress), 0) from job j),
    array(
      select f.id from public.forecasts f where f.run_id = p_run_id
      union
      -- Of a joined job it is another run's, and where a request was faster with an artifact no run's.
      select f.id
      from job j
      join public.forecasts f on (f.symbol_id, f.horizon, f.ensemble, f.config_hash, f.data_cutoff)
        = (j.key[1]::bigint, j.key[2], j.key[3], j.key[4], to_timestamp(j.key[5]::double precision))
      where j.status = 'succeeded')
$$;
comment on function public.run_progress(uuid) is
  'How far a run is: the mean share done of its jobs and of those it joined, 0 to 1, and the forecasts that they were for and that are there. It '
  'reads keys as internal.forecast_key writes them.';
revoke execute on function public.run_progress(uuid) from public, anon, authenticated;
grant execute on function public.run_progress(uuid) to service_role;

-- queue/functions/worker_places.sql
create or replace function internal.worker_places() returns integer
language plpgsql stable set search_path = ''
as $$
declare
  v_usual integer := (internal.setting('max_workers') #>> '{}')::integer;
  v_cap integer := (internal.setting('max_workers_cap') #>> '{}')::integer;
  v_since timestamptz;
begin
  if v_usual = 0 or v_cap <= v_usual then
    return v_usual;
  end if;
  -- Windows and requests may wait; forecasts of the schedule have a deadline.
  select j.run_after into v_since
  from public.jobs j
  where j.kind = 'forecast' and j.status = 'queued' and j.attempts < j.max_attempts and j.run_after <= now()
    and j.priority <= (select k.priority from public.job_kinds k where k.kind = 'forecast')
  -- As the index jobs_by_turn has them.
  order by j.priority, j.run_after
  limit 1;
  return least(v_cap, v_usual + floor(extract(epoch from coalesce(now() - v_since, '0')) / 300)::integer);
end
$$;
comment on function internal.worker_places() is
  'How many workers may be under way: max_workers, and one more for each five minutes that the oldest claimable forecast of the schedule has waited, up to '
  'max_workers_cap. 0 stops all work.';
revoke execute on function internal.worker_places() from public;

-- forecasts/functions/forecast_state.sql
create or replace function public.forecast_state(p_symbols text[], p_horizon text, p_requested_by uuid default null) returns jsonb
language plpgsql stable security definer set search_path = ''
as $$
declare
  v_ensemble public.ensembles;
  v_is_calibrated boolean;
  v_state record;
  v_states jsonb := '[]';
begin
  perform internal.require_forecast_request(p_symbols, p_horizon, p_requested_by);
  for v_state in
    select s.id as symbol_id, s.symbol, coalesce(b.bars, 0) as bars, b.last_bar_time as cutoff, b.stored_at
    from public.symbols s
    left join public.bar_series b on b.symbol_id = s.id and b.timeframe = internal.timeframe_of(p_horizon)
    where s.symbol = any (p_symbols)
    order by array_position(p_symbols, s.symbol)
  loop
    perform internal.require_bars(v_state.symbol, p_horizon, v_state.bars);
    v_ensemble := internal.serving_ensemble(v_state.symbol_id, p_horizon);
    select c.configuration ->> 'weighting' is not distinct from 'calibrated' into v_is_calibrated
    from public.configurations c where c.config_hash = v_ensemble.config_hash;
    v_states := v_states || jsonb_build_object(
      'symbol', v_state.symbol,
      'bars', v_state.bars,
      'forecast_id', (
        select f.id from public.forecasts f
        where f.symbol_id = v_state.symbol_id and f.horizon = p_horizon and f.ensemble = v_ensemble.ensemble
          and f.config_hash = v_ensemble.config_hash and f.data_cutoff = v_state.cutoff
          and f.issued_at >= v_state.stored_at),
      'artifact', (
        select jsonb_build_object('id', a.id, 'cutoff_bar', v_state.bars - 1 - newer.bars)
        from public.artifacts a
        cross join lateral (
          select count(*) as bars from public.bars n
          where n.symbol_id = a.symbol_id and n.timeframe = internal.timeframe_of(p_horizon)
            and n.bar_time > a.data_cutoff
        ) newer
        where a.symbol_id = v_state.symbol_id and a.horizon = p_horizon and a.ensemble = v_ensemble.ensemble
          and a.config_hash = v_ensemble.config_hash
          and newer.bars <= (internal.setting('artifact_max_age_bars') #>> '{}')::integer
          -- Restated bars make another series: what was fitted on the old one does not speak of it.
          and a.trained_at >= (
            select max(o.ingested_at) from public.bars o
            where o.symbol_id = a.symbol_id and o.timeframe = internal.timeframe_of(p_horizon)
              and o.bar_time <= a.data_cutoff)
          -- Weights that were learned before a window spoke against them are the preset's in the next fit.
          and (not v_is_calibrated
            or not internal.are_weights_refuted(a.symbol_id, a.horizon, a.config_hash, a.trained_at))
        order by a.data_cutoff desc limit 1),
      'failure', (
        select jsonb_build_object('code', r.code, 'message', r.message, 'retry_at', r.retry_at)
        from internal.recent_failures(array[internal.forecast_key(v_state.symbol_id, p_horizon, v_ensemble.ensemble, v_ensemble.config_hash,
          v_state.cutoff, v_state.stored_at)]) r));
  end loop;
  return v_states;
end
$$;
comment on function public.forecast_state(text[], text, uuid) is
  'What is there for a request, by symbol and of the ensemble that serves it: bars, the forecast from the latest bar, an artifact young enough '
  'to make one, with the ordinal of its last bar, and the failure of the last hour that a fit is not tried again for. p_requested_by: the user; '
  'null for a secret key. Raises unsupported_horizon, publishing_disabled, no_ensemble, unknown_symbol, inactive_symbol (a user), too_few_bars, '
  'too_short_span, no_eight_hours_ahead.';
revoke execute on function public.forecast_state(text[], text, uuid) from public, anon, authenticated;
grant execute on function public.forecast_state(text[], text, uuid) to service_role;

-- forecasts/functions/recent_failures.sql
create or replace function internal.recent_failures(p_keys text[])
returns table (forecast_key text, code text, message text, retry_at timestamptz)
language sql stable set search_path = ''
as $$
  select distinct on (j.forecast_key) j.forecast_key, j.error_code, j.error_message, j.finished_at + interval '1 hour'
  from public.jobs j
  where j.status = 'dead' and j.forecast_key is not null and j.forecast_key = any (p_keys) and j.finished_at > now() - interval '1 hour'
    and not exists (
      select from public.jobs o
      where o.forecast_key = j.forecast_key and o.forecast_key is not null and o.status in ('queued', 'running'))
  order by j.forecast_key, j.finished_at desc
$$;
comment on function internal.recent_failures(text[]) is
  'Of these forecasts (forecast_key) those that could not be made in the last hour and that no job is trying again: the latest failure, and when a '
  'request may have it tried again.';
revoke execute on function internal.recent_failures(text[]) from public;

-- forecasts/functions/request_forecasts.sql
create or replace function public.request_forecasts(p_symbols text[], p_horizon text, p_requested_by uuid default null) returns uuid
language plpgsql security definer set search_path = ''
as $$
declare
  v_subjects jsonb := '[]';
  v_subject record;
  v_ensemble text;
  v_hash text;
  v_cutoff timestamptz;
  v_params jsonb := jsonb_build_object('symbols', to_jsonb(p_symbols), 'horizon', p_horizon);
  v_key text;
  v_run_id uuid;
  v_forecasts jsonb;
  v_failed text;
  v_retry_at timestamptz;
  v_new integer;
begin
  perform internal.require_forecast_request(p_symbols, p_horizon, p_requested_by);
  for v_subject in
    select x.*, e.ensemble, e.config_hash
    from (
      select s.id, s.symbol, coalesce(b.bars, 0) as bars, b.last_bar_time as cutoff, b.stored_at
      from public.symbols s
      left join public.bar_series b on b.symbol_id = s.id and b.timeframe = internal.timeframe_of(p_horizon)
      where s.symbol = any (p_symbols)
    ) x
    cross join lateral internal.serving_ensemble(x.id, p_horizon) e
    order by x.symbol
  loop
    perform internal.require_bars(v_subject.symbol, p_horizon, v_subject.bars);
    v_subjects := v_subjects || to_jsonb(v_subject);
  end loop;
  -- The one ensemble of them all, or null.
  select case when count(distinct x.ensemble) = 1 then max(x.ensemble) end, case when count(distinct x.ensemble) = 1 then max(x.config_hash) end,
    case when count(*) = 1 then max(x.cutoff) end
  into v_ensemble, v_hash, v_cutoff
  from jsonb_to_recordset(v_subjects) as x(ensemble text, config_hash text, cutoff timestamptz);

  -- Before what is there is looked at: of two who ask at once the second sees what the first did.
  perform pg_advisory_xact_lock(hashtext('plumbline.add_forecast_jobs'));
  v_key := format('request:%s:%s:%s', p_horizon, coalesce(v_hash, 'both'), md5(v_subjects::text));
  select r.id into v_run_id from public.runs r where r.idempotency_key = v_key and r.status <> 'failed';
  if v_run_id is not null then
    return v_run_id;
  end if;

  select jsonb_agg(jsonb_build_object('symbol', x.symbol,
    'key', internal.forecast_key(x.id, p_horizon, x.ensemble, x.config_hash, x.cutoff, x.stored_at),
    'config_hash', case when v_ensemble is null then x.config_hash end,
    'payload', internal.horizon_payload(p_horizon)
      || jsonb_build_object('symbol', x.symbol, 'ensemble', x.ensemble, 'last_bar', x.bars - 1)) order by x.symbol)
  into v_forecasts
  from jsonb_to_recordset(v_subjects) as x(
    id bigint, symbol text, bars bigint, cutoff timestamptz, stored_at timestamptz, ensemble text, config_hash text);
  select string_agg(format('%s %s (%s: %s)', f.symbol, p_horizon, r.code, r.message), '; ' order by f.symbol), max(r.retry_at)
  into v_failed, v_retry_at
  from jsonb_to_recordset(v_forecasts) as f(symbol text, key text)
  join internal.recent_failures(array(select x.value ->> 'key' from jsonb_array_elements(v_forecasts) x)) r on r.forecast_key = f.key;
  if v_failed is not null then
    perform internal.refuse(422, 'failed_recently', format('A fit failed within the last hour and is not tried again before %s: %s',
      internal.utc_text(v_retry_at), v_failed), v_retry_at);
  end if;
  select count(*) into v_new
  from jsonb_array_elements(v_forecasts) f
  where not exists (
    select from public.jobs j
    where j.forecast_key = f.value ->> 'key' and j.forecast_key is not null and j.status in ('queued', 'running'));
  if p_requested_by is not null then
    perform internal.require_quota(p_requested_by, v_new);
  end if;

  if v_ensemble is not null then
    v_run_id := internal.create_run('forecast', v_ensemble, v_key, 'http', p_requested_by, v_cutoff, v_params);
  else
    insert into public.runs (kind, idempotency_key, requested_via, requested_by, params)
    values ('forecast', v_key, 'http', p_requested_by, v_params)
    returning id into v_run_id;
  end if;
  update public.runs set jobs_total = jsonb_array_length(v_forecasts), quota_used = v_new where id = v_run_id;
  perform internal.add_forecast_jobs((
    select jsonb_agg(f.value || jsonb_build_object('run_id', v_run_id) order by f.place)
    from jsonb_array_elements(v_forecasts) with ordinality f(value, place)), 'http');
  perform internal.request_workers((internal.setting('max_workers') #>> '{}')::integer);
  return v_run_id;
end
$$;
comment on function public.request_forecasts(text[], text, uuid) is
  'Plans forecasts asked for over HTTP, each by the ensemble that serves its symbol, and returns the run''s id; the same question on the same '
  'bars is the same run, and a forecast that is being made is joined. p_requested_by: the user, whose quota it takes; null for a secret key. Raises '
  'unsupported_horizon, publishing_disabled, no_ensemble, unknown_symbol, inactive_symbol (a user), too_few_bars, too_short_span, '
  'no_eight_hours_ahead, failed_recently, quota_exceeded.';
revoke execute on function public.request_forecasts(text[], text, uuid) from public, anon, authenticated;
grant execute on function public.request_forecasts(text[], text, uuid) to service_role;

-- forecasts/functions/require_forecast_request.sql
create or replace function internal.require_forecast_request(p_symbols text[], p_horizon text, p_requested_by uuid) returns void
language plpgsql stable set search_path = ''
as $$
declare
  v_unserved text;
  v_unknown text;
  v_inactive text;
begin
  if internal.window_sizes(p_horizon) is null then
    perform internal.refuse(400, 'unsupported_horizon', format('Horizon %s is not offered; offered: %s', p_horizon,
      (select string_agg(o.name, ', ' order by o.name) from jsonb_object_keys(internal.setting('window_sizes')) o(name))));
  end if;
  if internal.setting('publishing_enabled') <> 'true' then
    perform internal.refuse(409, 'publishing_disabled', 'The kill switch is on: no forecast is made or published');
  end if;
  select string_agg(distinct s.symbol, ', ') into v_unserved
  from public.symbols s
  where s.symbol = any (p_symbols) and (internal.serving_ensemble(s.id, p_horizon)).ensemble is null;
  if v_unserved is not null then
    perform internal.refuse(409, 'no_ensemble', format('No active ensemble is configured that serves %s', v_unserved));
  end if;
  select string_agg(a.symbol, ', ') into v_unknown
  from unnest(p_symbols) a(symbol)
  where not exists (select from public.symbols s where s.symbol = a.symbol);
  if v_unknown is not null then
    perform internal.refuse(404, 'unknown_symbol', format('Not in the registry of symbols: %s', v_unknown));
  end if;
  if p_requested_by is not null then
    select string_agg(s.symbol, ', ' order by s.symbol) into v_inactive from public.symbols s where s.symbol = any (p_symbols) and not s.active;
    if v_inactive is not null then
      perform internal.refuse(409, 'inactive_symbol', format('Not active: %s. Users are given forecasts of active symbols', v_inactive));
    end if;
  end if;
end
$$;
comment on function internal.require_forecast_request(text[], text, uuid) is
  'Why no forecast is made on request: unsupported_horizon, publishing_disabled, no_ensemble, unknown_symbol; inactive_symbol where a user asks.';
revoke execute on function internal.require_forecast_request(text[], text, uuid) from public;

-- forecasts/functions/require_quota.sql
create or replace function internal.require_quota(p_user_id uuid, p_forecasts integer) returns void
language plpgsql stable set search_path = ''
as $$
declare
  v_quota jsonb := internal.setting('user_quota');
  v_forecasts integer := (v_quota ->> 'forecasts')::integer;
  v_runs integer := (v_quota ->> 'runs')::integer;
  v_used record;
begin
  select coalesce(sum(h.quota_used), 0) as forecasts, count(*) as runs,
    -- When the earliest have left the hour, as many of them as it takes.
    min(h.created_at) filter (where h.later_forecasts + p_forecasts <= v_forecasts and h.later_runs < v_runs) + interval '1 hour' as free_at
  into v_used
  from (
    select r.created_at, r.quota_used, coalesce(sum(r.quota_used) over w, 0) as later_forecasts, count(*) over w as later_runs
    from public.runs r
    where r.requested_by = p_user_id and r.created_at > now() - interval '1 hour'
    window w as (order by r.created_at desc, r.id rows between unbounded preceding and 1 preceding)
  ) h;
  if v_used.forecasts + p_forecasts <= v_forecasts and v_used.runs < v_runs then
    return;
  end if;
  perform internal.refuse(429, 'quota_exceeded', format(
    'The request asks for %s new forecasts; in the last hour the user has asked for %s in %s runs, and an hour''s quota is %s in %s (setting '
    'user_quota): ask for fewer, or after %s', p_forecasts, v_used.forecasts, v_used.runs, v_forecasts, v_runs,
    internal.utc_text(coalesce(v_used.free_at, now() + interval '1 hour'))), coalesce(v_used.free_at, now() + interval '1 hour'));
end
$$;
comment on function internal.require_quota(uuid, integer) is
  'Raises quota_exceeded, with when to ask again, where a user would have asked for more new forecasts, or in more runs, than user_quota allows in '
  'an hour.';
revoke execute on function internal.require_quota(uuid, integer) from public;

-- planning/functions/add_planned_runs.sql
create or replace function internal.add_planned_runs(p_kind text, p_job_kind text, p_runs jsonb) returns integer
language plpgsql set search_path = ''
as $$
declare
  v_planned integer;
  v_forecasts jsonb;
begin
  with planned as materialized (
    select p.*, e.config_hash
    from rows from (jsonb_to_recordset(p_runs) as (
      key text, ensemble text, cutoff timestamptz, params jsonb, jobs jsonb, code text, message text)) with ordinality p(
      key, ensemble, cutoff, params, jobs, code, message, place)
    join public.ensembles e on e.ensemble = p.ensemble
  ), runs as (
    insert into public.runs (
      kind, ensemble, idempotency_key, requested_via, data_cutoff, params, config_hash, jobs_total, status, error_code,
      error_message, finished_at)
    select p_kind, p.ensemble, p.key, 'schedule', p.cutoff, p.params, p.config_hash,
      case when p.code is null then jsonb_array_length(p.jobs) else 0 end, case when p.code is null then 'queued' else 'failed' end, p.code,
      p.message, case when p.code is not null then now() end
    from planned p
    order by p.place
    on conflict (idempotency_key) where status <> 'failed' do nothing
    returning id, idempotency_key
  ), job as materialized (
    select r.id as run_id, j.value ->> 'subject' as subject, j.value -> 'payload' as payload, j.value ->> 'forecast_key' as forecast_key,
      p.place as run_place, j.place
    from planned p
    join runs r on r.idempotency_key = p.key
    cross join jsonb_array_elements(p.jobs) with ordinality j(value, place)
    where p.code is null
  ), added as (
    insert into public.jobs (run_id, kind, idempotency_key, payload, priority)
    select j.run_id, k.kind, internal.job_key(j.run_id, k.kind, j.subject), j.payload, k.priority
    from job j
    join public.job_kinds k on k.kind = p_job_kind
    where j.forecast_key is null
    order by j.run_place, j.place
  )
  select count(*), jsonb_agg(jsonb_build_object('run_id', j.run_id, 'key', j.forecast_key, 'payload', j.payload)
    order by j.run_place, j.place) filter (where j.forecast_key is not null)
  into v_planned, v_forecasts
  from job j;
  if v_forecasts is not null then
    perform internal.add_forecast_jobs(v_forecasts, 'schedule');
  end if;
  return v_planned;
end
$$;
comment on function internal.add_planned_runs(text, text, jsonb) is
  'Adds runs of the schedule with their jobs: [{key, ensemble, cutoff, params, jobs: [{subject, payload, forecast_key}], code, message}]; a forecast_key makes '
  'the job a forecast that other runs may share (add_forecast_jobs). One with a code is '
  'refused: it ends at once with code and message, without jobs. A run whose key is there and has not failed is left out. Returns how many '
  'jobs, joined ones among them.';
revoke execute on function internal.add_planned_runs(text, text, jsonb) from public;

-- planning/functions/plan_forecasts.sql
create or replace function internal.plan_forecasts(p_symbol_ids bigint[]) returns integer
language plpgsql set search_path = ''
as $$
declare
  v_horizon text;
  v_timeframe text;
  v_payload jsonb;
  v_runs jsonb;
  v_planned integer := 0;
begin
  for v_horizon in select h.name from jsonb_object_keys(internal.setting('window_sizes')) h(name) order by h.name loop
    v_timeframe := internal.timeframe_of(v_horizon);
    v_payload := internal.horizon_payload(v_horizon);
    with missing as materialized (
      select a.symbol_id, a.symbol, e.ensemble, e.config_hash, b.bars, b.last_bar_time, b.stored_at,
        format('forecast:%s:%s:%s:%s:%s', a.symbol, v_horizon, e.ensemble, extract(epoch from b.stored_at), e.config_hash) as key
      from public.vw_ensemble_assignments a
      join public.ensembles e on e.ensemble = a.ensemble
      join public.bar_series b on b.symbol_id = a.symbol_id and b.timeframe = v_timeframe
      where a.symbol_id = any (p_symbol_ids) and a.horizon = v_horizon and a.is_listed and a.is_planned
        and not exists (
          select from public.forecasts f
          where f.symbol_id = a.symbol_id and f.horizon = v_horizon and f.ensemble = e.ensemble and f.config_hash = e.config_hash
            and f.data_cutoff = b.last_bar_time and f.issued_at >= b.stored_at)
    ), due as materialized (
      select m.*
      from missing m
      where m.key not in (select k.key from internal.settled_runs(array(select m.key from missing m)) k(key))
        and m.last_bar_time not in (
          select t.last_bar_time from (select distinct m.last_bar_time from missing m) t
          where internal.not_issued_from(v_horizon, t.last_bar_time))
    )
    select jsonb_agg(jsonb_build_object(
      'key', d.key, 'ensemble', d.ensemble, 'cutoff', d.last_bar_time, 'code', s.code, 'message', s.message,
      'params', jsonb_build_object('symbols', jsonb_build_array(d.symbol), 'horizon', v_horizon),
      'jobs', jsonb_build_array(jsonb_build_object('subject', d.symbol,
        'forecast_key', internal.forecast_key(d.symbol_id, v_horizon, d.ensemble, d.config_hash, d.last_bar_time, d.stored_at),
        'payload', v_payload || jsonb_build_object('symbol', d.symbol, 'ensemble', d.ensemble, 'last_bar', d.bars - 1))))
      order by d.symbol_id, d.ensemble) into v_runs
    from due d
    left join internal.forecast_shortages(array(select d.symbol_id from due d), v_horizon) s on s.symbol_id = d.symbol_id;
    v_planned := v_planned + internal.add_planned_runs('forecast', 'forecast', coalesce(v_runs, '[]'));
  end loop;
  return v_planned;
end
$$;
comment on function internal.plan_forecasts(bigint[]) is
  'Plans for these symbols, and each ensemble that is planned for them, a forecast from the latest bar unless there is one, or a run for it, '
  'or the horizon does not begin there; one that a request is having made is joined; bars that are too few or span too little end the run at once with the reason. Returns how many.';
revoke execute on function internal.plan_forecasts(bigint[]) from public;

-- alerts/functions/error_sightings.sql
create or replace function internal.error_sightings(p_since timestamptz, p_until timestamptz)
returns table (kind text, source text, code text, seen_at timestamptz)
language sql stable set search_path = ''
as $$
  select 'error', e.source, e.code, e.occurred_at
  from public.errors e where e.occurred_at > p_since and e.occurred_at <= p_until
  union all
  select 'dead_job', j.kind, coalesce(j.error_code, 'unknown'), j.finished_at
  from public.jobs j
  join public.runs r on r.id = j.run_id
  where j.status = 'dead' and j.finished_at > p_since and j.finished_at <= p_until
    and internal.failure_consequence(internal.failure_class('dead_job', j.kind, j.error_code,
      jsonb_build_object('requested_via', r.requested_via))) <> 'none'
  union all
  select 'missed_slot', r.slot, r.status, r.finished_at
  from public.slot_runs r
  -- By its time, which has an index: it is noticed within days.
  where r.status = 'missed' and r.due_at > p_since - interval '7 days' and r.finished_at > p_since and r.finished_at <= p_until
$$;
comment on function internal.error_sightings(timestamptz, timestamptz) is
  'Everything that went wrong unhandled after the first and until the second time: kind, source, code and when. Not what only a request asked for.';
revoke execute on function internal.error_sightings(timestamptz, timestamptz) from public;

-- reports/functions/compose_report.sql
create or replace function internal.compose_report(p_date date, p_time time, p_now timestamptz) returns public.canary_reports
language plpgsql stable set search_path = ''
as $$
declare
  v public.canary_reports;
  v_rollout public.rollouts;
  v_evaluation public.rollout_evaluations;
  v_triggers integer := 0;
  v_obstacles text[];
  v_publishing boolean := internal.setting('publishing_enabled') = 'true';
  v_stage text;
  v_judged text;
  v_unvalidated text[];
  -- By their names, true: looked up in as many steps whatever their number, while Postgres sorts an array of them for each row.
  v_reported jsonb;
  v_with_bars jsonb;
begin
  v.report_date := p_date;
  v.report_time := p_time;
  v.issued_at := p_now;
  -- Those of the stage canary, and all that the rollout that runs has come to.
  select coalesce(array_agg(s.symbol order by s.symbol), '{}'), coalesce(jsonb_object_agg(s.symbol, true), '{}') into v.symbols, v_reported
  from public.symbols s
  where s.active and (s.stage = 'canary' or exists (
    select from public.rollouts r join public.rollout_symbols m on m.rollout_id = r.id where r.status = 'running' and m.symbol_id = s.id));
  select coalesce(max(r.issued_at), p_now - interval '1 day') into v.since from public.canary_reports r;

  select max(p.session_date), count(*) filter (where p.state <> 'no_bars'), count(*) filter (where p.state = 'there'),
    coalesce(jsonb_agg(jsonb_build_object('symbol', p.symbol, 'horizon', p.horizon, 'ensemble', p.ensemble, 'state', p.state)
      order by p.symbol, p.horizon, p.ensemble) filter (where p.state not in ('there', 'no_bars')), '[]'),
    coalesce(array_agg(distinct p.symbol || ' ' || p.horizon) filter (where p.state = 'no_bars'), '{}'),
    coalesce(jsonb_object_agg(format('%s %s %s', p.symbol, p.horizon, p.ensemble), true) filter (where p.state <> 'no_bars'), '{}')
  into v.session_date, v.forecasts_expected, v.forecasts_there, v.forecasts_missing, v.symbols_without_bars, v_with_bars
  from public.vw_forecast_presence p where v_reported ? p.symbol;

  select coalesce(sum(l.alerts), 0), coalesce(jsonb_object_agg(l.level, l.alerts), '{}') into v.alerts_open, v.alerts
  from (
    select a.level, count(*) as alerts from public.divergence_alerts a
    where a.resolved_at is null and v_reported ? a.symbol group by a.level
  ) l;
  select count(*) into v.errors_open from public.error_alerts a where a.resolved_at is null;
  select count(*) into v.jobs_dead
  from public.jobs j
  join public.runs r on r.id = j.run_id
  where j.status = 'dead' and j.finished_at > v.since and v_reported ? (j.payload ->> 'symbol')
    and internal.failure_consequence(internal.failure_class('dead_job', j.kind, j.error_code,
      jsonb_build_object('requested_via', r.requested_via))) <> 'none';
  select count(*) into v.runs_failed from public.runs r
  where r.status = 'failed' and r.finished_at > v.since
    and internal.failure_consequence(internal.failure_class('dead_job', r.kind, r.error_code,
      jsonb_build_object('requested_via', r.requested_via))) <> 'none'
    and exists (select from jsonb_array_elements_text(r.params -> 'symbols') n(symbol) where v_reported ? n.symbol);
  select count(*) into v.outcomes_scored from public.forecast_outcomes o
  join public.forecasts f on f.id = o.forecast_id
  where o.scored_at > v.since and v_reported ? f.symbol;

  -- One by one: as many windows as forecasts may be of others. And the latest of each alone: whether a window stands takes a look at its bars.
  select count(m.id), max(m.divergence),
    (array_agg(format('%s %s %s', l.symbol, l.horizon, l.ensemble) order by m.divergence desc, l.symbol, l.horizon)
      filter (where m.id is not null))[1],
    coalesce(array_agg(format('%s %s %s', l.symbol, l.horizon, l.ensemble) order by l.symbol, l.horizon, l.ensemble)
      filter (where m.id is null and v_with_bars ? format('%s %s %s', l.symbol, l.horizon, l.ensemble)), '{}')
  into v.windows_known, v.largest_divergence, v.largest_divergence_of, v_unvalidated
  from (
    select s.symbol, h.horizon, e.ensemble, w.metrics_id
    from public.symbols s
    cross join unnest(s.horizons) h(horizon)
    cross join public.ensembles e
    left join lateral (
      select k.metrics_id from public.vw_valid_windows k
      where k.symbol_id = s.id and k.horizon = h.horizon and k.config_hash = e.config_hash
      order by k.window_id desc limit 1
    ) w on true
    where v_reported ? s.symbol and e.active
  ) l
  left join public.ensemble_validation_metrics m on m.id = l.metrics_id;

  select r.* into v_rollout from public.rollouts r
  where r.id = (select max(l.id) from public.rollouts l) and (r.status = 'running' or r.ended_at > v.since);
  v.rollout_id := v_rollout.id;
  v.rollout_stage := v_rollout.stage;
  v.rollout_running := coalesce(v_rollout.status = 'running', false);
  if v_rollout.id is not null then
    v_evaluation := internal.latest_evaluation(v_rollout);
    v.evaluation_id := v_evaluation.id;
    v.verdict := v_evaluation.verdict;
    v.evidence_at := v_evaluation.evidence_at;
    v_triggers := internal.triggers_met(v_rollout);
  end if;
  select v_triggers + count(*) into v.incidents
  from public.rollout_events e
  where e.happened_at > v.since
    and (e.kind in ('rolled_back', 'forecast_missing', 'bars_missing', 'job_dead', 'error', 'kill_switch_on')
      or e.kind = 'trigger' and not (e.rollout_id is not distinct from v_rollout.id and e.happened_at >= v_rollout.stage_started_at));
  select v.incidents + count(*) into v.incidents from public.errors e where e.occurred_at > v.since;

  v.status := case
    when jsonb_array_length(v.forecasts_missing) + v.alerts_open + v.errors_open + v.jobs_dead + v.runs_failed + v.incidents > 0
      or v.verdict = 'fail' or not v_publishing then 'attention'
    when v.forecasts_expected = 0 or v_unvalidated <> '{}' or v.symbols_without_bars <> '{}' then 'insufficient'
    -- An evidence time ahead of the clock says nothing: the clock was set back.
    when v.rollout_running and not coalesce(
      v.verdict = 'pass' and v.evidence_at > p_now - interval '24 hours' and v.evidence_at <= p_now + interval '10 minutes', false)
      then 'insufficient'
    else 'ok'
  end;
  v.is_summary := v.rollout_running and p_now >= v_rollout.stage_due_at and not exists (
    select from public.canary_reports r
    where r.is_summary and r.rollout_id = v_rollout.id and r.rollout_stage = v_rollout.stage and r.issued_at >= v_rollout.stage_due_at);
  if v.is_summary then
    -- A report that is not ok recommends nothing.
    v_obstacles := case v.status when 'attention' then array['something wants attention']
      when 'insufficient' then array['the report is insufficient'] else '{}' end || internal.promotion_obstacles(v_rollout);
    v.decision := internal.rollout_decision(v_rollout, v_obstacles);
  end if;

  v.lines := array[
    case when v.forecasts_expected = 0
      then format('forecasts: insufficient: of %s symbols none has bars and an active ensemble', cardinality(v.symbols))
      else format('forecasts of the session of %s: %s of %s there%s', v.session_date, v.forecasts_there, v.forecasts_expected, (
        select coalesce('; missing: ' || string_agg(format('%s %s %s (%s)', m.symbol, m.horizon, m.ensemble, m.state), ', '), '')
        from jsonb_to_recordset(v.forecasts_missing) as m(symbol text, horizon text, ensemble text, state text))) end,
    format('alerts open: %s%s', v.alerts_open, (
      select coalesce(' (' || string_agg(format('%s %s', l.value, l.key), ', ' order by l.key) || ')', '') from jsonb_each_text(v.alerts) l)),
    format('since %s: %s jobs dead, %s runs failed, %s outcomes scored',
      to_char(v.since at time zone 'UTC', 'YYYY-MM-DD HH24:MI UTC'), v.jobs_dead, v.runs_failed, v.outcomes_scored),
    case when v.windows_known = 0 then 'divergence: insufficient: no validated window stands'
      else format('largest divergence: %s %% (%s), of the latest windows of %s', round((100 * v.largest_divergence)::numeric, 1),
        v.largest_divergence_of, v.windows_known) end];
  if cardinality(v.symbols_without_bars) > 0 then
    v.lines := v.lines || format('without bars: %s', array_to_string(v.symbols_without_bars, ', '));
  end if;
  if v.windows_known > 0 and v_unvalidated <> '{}' then
    v.lines := v.lines || format('without a validated window: %s', array_to_string(v_unvalidated, ', '));
  end if;
  if v.errors_open + v.incidents > 0 then
    v.lines := v.lines || format('alerts on errors open: %s; incidents: %s', v.errors_open, v.incidents);
  end if;
  if not v_publishing then
    v.lines := v.lines || 'the kill switch is on: nothing is planned or published'::text;
  end if;
  if v_rollout.id is not null then
    v_stage := case
      when v.rollout_running then format('rollout %s: stage %s, day %s of at least %s, due %s', v_rollout.id, v_rollout.stage,
        floor(extract(epoch from p_now - v_rollout.stage_started_at) / 86400) + 1,
        ceil(extract(epoch from v_rollout.stage_due_at - v_rollout.stage_started_at) / 86400),
        to_char(v_rollout.stage_due_at at time zone 'UTC', 'YYYY-MM-DD HH24:MI UTC'))
      else format('rollout %s: %s in stage %s at %s: %s', v_rollout.id, replace(v_rollout.status, '_', ' '), v_rollout.stage,
        to_char(v_rollout.ended_at at time zone 'UTC', 'YYYY-MM-DD HH24:MI UTC'), v_rollout.ended_because)
    end;
    v_judged := case
      when v_evaluation.id is null then 'evaluation: insufficient: there is none of this stage'
      else format('evaluation %s: %s (%s, on evidence %s h old%s)', v_evaluation.id, v_evaluation.status_line, v_evaluation.verdict,
        round((extract(epoch from p_now - v_evaluation.evidence_at) / 3600)::numeric, 1),
        case when v_evaluation.evidence_at > p_now - interval '24 hours' then '' else ': too old to go by' end)
    end;
    v.lines := v.lines || v_stage || v_judged;
  end if;
  if v.is_summary then
    v.lines := v.lines || format('the stage has lasted its days: %s', case v.decision
      when 'promote' then 'promote: every criterion has passed, and nothing wants attention'
      when 'hold' then format('hold: %s', concat_ws('; ', array_to_string(v_obstacles, '; '), (
          select 'more bars are needed: ' || string_agg(format('%s %s', c.value ->> 'criterion', c.value ->> 'bars_needed'), ', ' order by c.place)
          from jsonb_array_elements(v_evaluation.criteria) with ordinality c(value, place)
          where (c.value ->> 'bars_needed')::integer > 0)))
      else format('%s: %s', v.decision, concat_ws('; ', (
        select 'failed: ' || string_agg(c.value ->> 'criterion', ', ' order by c.place)
        from jsonb_array_elements(v_evaluation.criteria) with ordinality c(value, place) where c.value ->> 'verdict' = 'fail'),
        case when v_triggers > 0 then format('triggers met: %s', v_triggers) end))
    end);
  end if;
  return v;
end
$$;
comment on function internal.compose_report(date, time, timestamptz) is
  'The canary''s report of a date and time in New York from the rows as they are now, not stored: a row of canary_reports without its id. '
  'Twin: stageDays (src/shared/rollout/stage-days.ts), compared in test/database/rollout-reports.test.ts.';
revoke execute on function internal.compose_report(date, time, timestamptz) from public;

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
  ('automatic_rollback', 'true', 'Whether a trigger rolls back by itself; false: it is recorded as an event only. Boolean.')
-- What an operator set stays.
on conflict (name) do update set description = excluded.description;

-- Forecasts that are being made, or failed within the hour, get their key, unless their bars have changed since.
update public.jobs j
set forecast_key = internal.forecast_key(s.id, b.horizon, j.payload ->> 'ensemble', coalesce(j.config_hash, r.config_hash), b.last_bar_time, b.stored_at)
from public.runs r, public.symbols s, (
  select x.*, h.horizon from public.bar_series x cross join unnest(array['1D', '4h', '8h']) h(horizon)
  where x.timeframe = internal.timeframe_of(h.horizon)
) b
where j.kind = 'forecast' and (j.status in ('queued', 'running') or j.status = 'dead' and j.finished_at > now() - interval '1 hour')
  and r.id = j.run_id and s.symbol = j.payload ->> 'symbol' and b.symbol_id = s.id and b.horizon = j.payload ->> 'horizon'
  and (j.payload ->> 'last_bar')::integer = b.bars - 1 and j.created_at >= b.stored_at and coalesce(j.config_hash, r.config_hash) is not null;
-- Requests come after the schedule from now on.
update public.jobs set priority = 40 where kind = 'forecast' and priority < 10 and status in ('queued', 'running');
-- Of several for one forecast the schedule's goes on, or the one that has come furthest; the runs of the others join it.
with ranked as materialized (
  select j.id, j.run_id, first_value(j.id) over same as kept
  from public.jobs j
  join public.runs r on r.id = j.run_id
  where j.status in ('queued', 'running') and j.forecast_key is not null
  window same as (partition by j.forecast_key order by r.requested_via = 'schedule' desc, j.steps desc, j.id)
), joined as (
  insert into public.joined_jobs (run_id, job_id) select x.run_id, x.kept from ranked x where x.id <> x.kept
)
delete from public.jobs j using ranked x where j.id = x.id and x.id <> x.kept;
update public.runs set quota_used = jobs_total where requested_by is not null and created_at > now() - interval '1 hour';

-- One open job a forecast: who wants the same joins it.
create unique index jobs_one_open_forecast on public.jobs (forecast_key) where status in ('queued', 'running') and forecast_key is not null;
-- A failure is remembered for an hour.
create index jobs_failed_forecasts on public.jobs (forecast_key, finished_at) where status = 'dead' and forecast_key is not null;
-- What a user has asked for in the last hour.
create index runs_of_users on public.runs (requested_by, created_at) where requested_by is not null;
