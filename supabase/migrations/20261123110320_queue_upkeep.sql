-- The queue's upkeep: every request for a worker is recorded, so that no more are under way than max_workers; failures wait longer,
-- up to a bound, and not all at the same moment; dead jobs can be put back; stalled ones are revived.

create table public.worker_requests (
  id bigint generated always as identity primary key,
  function_name text not null,
  requested_at timestamptz not null default now(),
  net_request_id bigint,
  claimed_at timestamptz,
  response_status integer,
  response_error text
);
comment on table public.worker_requests is
  'Requests for a run of an Edge Function that the database made through pg_net, and what is known of each: pg_net''s own record is gone '
  'after hours or a crash.';
comment on column public.worker_requests.id is 'Order of asking.';
comment on column public.worker_requests.function_name is 'The Edge Function.';
comment on column public.worker_requests.requested_at is 'Queued with pg_net, UTC; it is sent after the commit.';
comment on column public.worker_requests.net_request_id is 'pg_net''s id; null when Vault lacks project_url or cron_secret_key and nothing was sent.';
comment on column public.worker_requests.claimed_at is 'When a worker claimed a job in answer, UTC; null when none did, or found nothing left to do.';
comment on column public.worker_requests.response_status is 'HTTP status of the answer, as far as reconcile came to see it.';
comment on column public.worker_requests.response_error is 'Why there was no answer: pg_net''s words, or what Vault lacks.';
create index worker_requests_by_time on public.worker_requests (requested_at);

alter table public.worker_requests enable row level security;
create policy worker_requests_are_read_by_users on public.worker_requests for select to authenticated using (true);
revoke all on public.worker_requests from anon, authenticated, service_role;
grant select on public.worker_requests to authenticated, service_role;

create or replace function internal.request_function(p_function text) returns boolean
language plpgsql set search_path = ''
as $$
declare
  v_url text;
  v_key text;
  v_id bigint;
begin
  select s.decrypted_secret into v_url from vault.decrypted_secrets s where s.name = 'project_url';
  select s.decrypted_secret into v_key from vault.decrypted_secrets s where s.name = 'cron_secret_key';
  if v_url is null or v_key is null then
    -- Not an error: the caller's own effect must stand, and the next tick tries again.
    raise warning 'no request to %: project_url or cron_secret_key is missing in Vault', p_function;
    insert into public.worker_requests (function_name, response_error)
    values (p_function, 'not sent: project_url or cron_secret_key is missing in Vault');
    return false;
  end if;
  v_id := net.http_post(
    url := v_url || '/functions/v1/' || p_function,
    body := '{}'::jsonb,
    headers := jsonb_build_object('apikey', v_key, 'content-type', 'application/json'),
    timeout_milliseconds := 60000);
  insert into public.worker_requests (function_name, net_request_id) values (p_function, v_id);
  return true;
end
$$;
comment on function internal.request_function(text) is
  'Asks for one run of an Edge Function after commit, with the secret key named cron, and records it; false when Vault lacks what it takes.';

create function internal.worker_function(p_kind text) returns text
language sql immutable set search_path = ''
as $$
  select case p_kind
    when 'check_divergence' then 'check-divergence'
    when 'ingest' then 'ingest-bars'
    else 'forecast-worker'
  end
$$;
comment on function internal.worker_function(text) is 'The Edge Function that works on a kind of job.';
revoke execute on function internal.worker_function(text) from public;

create function internal.note_claim() returns trigger
language plpgsql set search_path = ''
as $$
begin
  update public.worker_requests w set claimed_at = now()
  where w.id = (
    select r.id from public.worker_requests r
    where r.requested_at between now() - interval '2 minutes' and now() + interval '1 minute' and r.claimed_at is null and r.net_request_id is not null
      and r.function_name = internal.worker_function(new.kind)
    order by r.id
    limit 1
    for update skip locked);
  return null;
end
$$;
comment on function internal.note_claim() is 'Trigger: a claimed job answers the oldest open request for its function.';
revoke execute on function internal.note_claim() from public;
create trigger jobs_note_claim after update of lease_token on public.jobs
for each row when (new.lease_token is not null and new.lease_token is distinct from old.lease_token)
execute function internal.note_claim();

create or replace function internal.request_workers(p_at_most integer) returns integer
language plpgsql set search_path = ''
as $$
declare
  v_on_their_way text[];
  v_in_vain text[];
  v_free integer;
  v_demand record;
  v_asked integer := 0;
begin
  -- Two who ask at once would both count the same places as free.
  perform pg_advisory_xact_lock(hashtext('plumbline.request_workers'));
  -- On its way: asked for, no job claimed yet, no answer yet. After 20 s a request counts as lost. What lies in the future was asked
  -- for before the clock was set back.
  select coalesce(array_agg(r.function_name) filter (where r.on_its_way), '{}'),
    coalesce(array_agg(r.function_name) filter (where not r.on_its_way), '{}')
  into v_on_their_way, v_in_vain
  from (
    select w.function_name, w.requested_at > now() - interval '20 seconds'
      and not exists (select from net._http_response h where h.id = w.net_request_id and h.created >= w.requested_at) as on_its_way
    from public.worker_requests w
    where w.requested_at between now() - interval '2 minutes' and now() + interval '1 minute'
      and w.claimed_at is null and w.net_request_id is not null
  ) r;
  select (internal.setting('max_workers') #>> '{}')::integer - cardinality(v_on_their_way) - count(*) into v_free
  from public.jobs j where j.status = 'running' and j.lease_until >= now();

  for v_demand in
    select d.function_name,
      -- Ingest jobs have one worker at a time: two would use up the provider's limit between them.
      case when d.function_name <> 'ingest-bars' then count(*)
        when 'ingest-bars' = any (v_on_their_way) or exists (
          select from public.jobs r where r.kind = 'ingest' and r.status = 'running' and r.lease_until >= now()) then 0
        else 1 end as wanted
    from (
      select internal.worker_function(j.kind) as function_name
      from public.jobs j
      where j.attempts < j.max_attempts
        and ((j.status = 'queued' and j.run_after <= now()) or (j.status = 'running' and j.lease_until < now()))
    ) d
    group by d.function_name
    -- New bars first: what the others compute is about them. A function that was asked for in vain just now stands behind the others:
    -- one that is broken would take every place, minute after minute.
    order by d.function_name = any (v_in_vain), d.function_name <> 'ingest-bars', d.function_name
  loop
    for i in 1 .. least(v_demand.wanted, v_free - v_asked, p_at_most - v_asked) loop
      if not internal.request_function(v_demand.function_name) then
        return v_asked;
      end if;
      v_asked := v_asked + 1;
    end loop;
  end loop;
  return v_asked;
end
$$;
comment on function internal.request_workers(integer) is
  'Asks for workers, one request each: no more than there are claimable jobs, than p_at_most, and than places under max_workers that '
  'neither a running job nor a request on its way takes. Returns how many. Ingest jobs come first and have one worker at a time; a function '
  'that nobody answered for in the last two minutes comes last.';

create function internal.retry_delay(p_job_id bigint, p_attempts integer) returns interval
language sql immutable set search_path = ''
as $$
  select make_interval(secs => least(600, 5 * power(2, least(p_attempts, 20) - 1))
    * (1 + 0.25 * (hashint8extended(p_job_id, p_attempts) & 1023) / 1024.0))
$$;
comment on function internal.retry_delay(bigint, integer) is
  'How long a job waits after its n-th failure in a row: 5, 10, 20, ... s, at most 600, and up to a quarter more by job and attempt, so that '
  'jobs that failed together do not come back together.';
revoke execute on function internal.retry_delay(bigint, integer) from public;

create or replace function public.fail_job(
  p_job_id bigint, p_lease_token uuid, p_code text, p_message text, p_retry boolean
) returns text
language plpgsql security definer set search_path = ''
as $$
declare
  v_job public.jobs;
begin
  v_job := internal.held_job(p_job_id, p_lease_token);
  if p_retry and v_job.attempts < v_job.max_attempts then
    update public.jobs
    set status = 'queued', lease_token = null, lease_until = null, error_code = p_code, error_message = p_message,
      run_after = now() + internal.retry_delay(v_job.id, v_job.attempts)
    where id = p_job_id;
    perform internal.request_workers(1);
    return 'queued';
  end if;
  perform internal.end_job(v_job, 'dead', p_code, p_message);
  perform internal.request_workers(1);
  return 'dead';
end
$$;
comment on function public.fail_job(bigint, uuid, text, text, boolean) is
  'Reports a failure: back to the queue after 5, 10, 20, ... s and up to a quarter more, or dead when retrying is pointless or the '
  'attempts are used up.';

create table public.job_retries (
  id bigint generated always as identity primary key,
  job_id bigint not null references public.jobs (id) on delete cascade,
  retried_at timestamptz not null default now(),
  error_code text not null,
  error_message text not null
);
comment on table public.job_retries is 'Dead jobs that an operator put back into the queue: one row each time.';
comment on column public.job_retries.id is 'Order.';
comment on column public.job_retries.job_id is 'The job.';
comment on column public.job_retries.retried_at is 'When, UTC.';
comment on column public.job_retries.error_code is 'What it had died of: the code.';
comment on column public.job_retries.error_message is 'The same in words.';
create index job_retries_by_job on public.job_retries (job_id);

alter table public.job_retries enable row level security;
create policy job_retries_are_read_by_users on public.job_retries for select to authenticated using (true);
revoke all on public.job_retries from anon, authenticated, service_role;
grant select on public.job_retries to authenticated, service_role;

create function public.retry_job(p_job_id bigint) returns jsonb
language plpgsql security definer set search_path = ''
as $$
declare
  v_job public.jobs;
  v_run public.runs;
  v_check public.jobs;
begin
  -- The job first and then its run, as every ending job takes them.
  select j.* into v_job from public.jobs j where j.id = p_job_id for update;
  if v_job.id is null then
    perform internal.refuse(404, 'unknown_job', format('there is no job %s', p_job_id));
  elsif v_job.status <> 'dead' then
    perform internal.refuse(409, 'not_dead', format('job %s is %s: only a dead job is put back', p_job_id, v_job.status));
  end if;
  select r.* into v_run from public.runs r where r.id = v_job.run_id for update;
  if exists (
    select from public.runs r
    where r.idempotency_key = v_run.idempotency_key and r.status <> 'failed' and r.id <> v_run.id) then
    perform internal.refuse(409, 'superseded', format('job %s: its run %s was planned anew since', p_job_id, v_run.id));
  end if;

  insert into public.job_retries (job_id, error_code, error_message)
  values (v_job.id, v_job.error_code, v_job.error_message);
  update public.jobs
  set status = 'queued', attempts = 0, run_after = now(), progress = 0, error_code = null, error_message = null,
    finished_at = null
  where id = p_job_id;
  v_run.jobs_done := v_run.jobs_done - 1;
  -- The divergence check that followed the other windows will follow this one.
  if v_job.kind = 'validate_window' then
    select j.* into v_check from public.jobs j
    where j.run_id = v_run.id and j.kind = 'check_divergence' for update skip locked;
    if v_check.id is null and exists (
      select from public.jobs j where j.run_id = v_run.id and j.kind = 'check_divergence') then
      perform internal.refuse(409, 'check_is_ending', format('job %s: the divergence check of its run is just ending', p_job_id));
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
  perform internal.request_workers(1);
  return jsonb_build_object('job', p_job_id, 'run', v_run.id, 'status', 'queued');
end
$$;
comment on function public.retry_job(bigint) is
  'Puts a dead job back into the queue, with new attempts and from its beginning, reopens its run, and records it in job_retries. Raises '
  'unknown_job, not_dead, superseded, check_is_ending (ask again).';
revoke execute on function public.retry_job(bigint) from public, anon, authenticated;
grant execute on function public.retry_job(bigint) to service_role;

create function internal.reconcile_jobs() returns jsonb
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
      'no worker finished a step of %s within its lease in %s attempts', v_job.kind, v_job.attempts));
    v_dead := v_dead + 1;
  end loop;

  -- A worker may take over an expired lease itself; what nobody took over for another lease's length is put back.
  update public.jobs
  set status = 'queued', lease_token = null, lease_until = null, run_after = now(), error_code = 'lease_expired',
    error_message = 'its worker did not report within the lease'
  where id in (
    select j.id from public.jobs j
    where j.status = 'running' and j.attempts < j.max_attempts
      and j.lease_until < now() - make_interval(secs => (internal.setting('lease_seconds') #>> '{}')::double precision)
    order by j.id
    for update skip locked);
  get diagnostics v_revived = row_count;

  -- What became of the requests, as long as pg_net remembers it. Its ids may start anew after a crash, hence the times.
  update public.worker_requests w
  set response_status = h.status_code, response_error = left(coalesce(h.error_msg, case when h.timed_out then 'timed out' end), 300)
  from net._http_response h
  where h.id = w.net_request_id and h.created between w.requested_at and w.requested_at + interval '10 minutes'
    and w.requested_at > now() - interval '6 hours' and w.response_status is null and w.response_error is null;

  return jsonb_build_object('dead', v_dead, 'revived', v_revived);
end
$$;
comment on function internal.reconcile_jobs() is
  'Ends jobs whose every attempt ran out of its lease (dead), puts stalled ones back into the queue (revived), and notes what pg_net says '
  'of the requests.';
revoke execute on function internal.reconcile_jobs() from public;
