-- The queue's verbs: claim, save a step, complete, fail; and asking for workers.

create function internal.request_function(p_function text) returns boolean
language plpgsql set search_path = ''
as $$
declare
  v_url text;
  v_key text;
begin
  select s.decrypted_secret into v_url from vault.decrypted_secrets s where s.name = 'project_url';
  select s.decrypted_secret into v_key from vault.decrypted_secrets s where s.name = 'cron_secret_key';
  if v_url is null or v_key is null then
    -- Not an error: the caller's own effect must stand, and the next tick tries again.
    raise warning 'no request to %: project_url or cron_secret_key is missing in Vault', p_function;
    return false;
  end if;
  perform net.http_post(
    url := v_url || '/functions/v1/' || p_function,
    body := '{}'::jsonb,
    headers := jsonb_build_object('apikey', v_key, 'content-type', 'application/json'),
    timeout_milliseconds := 60000);
  return true;
end
$$;
comment on function internal.request_function(text) is
  'Asks for one run of an Edge Function after commit, with the secret key named cron; false when Vault lacks what it takes.';

create function internal.request_workers(p_at_most integer) returns integer
language plpgsql set search_path = ''
as $$
declare
  v_free integer;
  v_demand record;
  v_asked integer := 0;
begin
  select (internal.setting('max_workers') #>> '{}')::integer - count(*) into v_free
  from public.jobs j where j.status = 'running' and j.lease_until >= now();

  for v_demand in
    select case when j.kind = 'check_divergence' then 'check-divergence' else 'forecast-worker' end as function_name,
      count(*)::integer as waiting
    from public.jobs j
    where j.attempts < j.max_attempts
      and ((j.status = 'queued' and j.run_after <= now()) or (j.status = 'running' and j.lease_until < now()))
    group by 1 order by 1
  loop
    for i in 1 .. least(v_demand.waiting, v_free - v_asked, p_at_most - v_asked) loop
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
  'Asks for as many workers as there are claimable jobs, free places under max_workers, and p_at_most; returns how many.';

create function public.claim_job(p_kinds text[], p_code_version text) returns jsonb
language plpgsql security definer set search_path = ''
as $$
declare
  v_job public.jobs;
begin
  update public.jobs j
  set status = 'running', lease_token = gen_random_uuid(), attempts = j.attempts + 1,
    lease_until = now() + make_interval(secs => (internal.setting('lease_seconds') #>> '{}')::double precision)
  where j.id = (
    select c.id from public.jobs c
    where c.kind = any (p_kinds) and c.attempts < c.max_attempts
      and ((c.status = 'queued' and c.run_after <= now()) or (c.status = 'running' and c.lease_until < now()))
    order by c.priority, c.id
    limit 1
    for update skip locked)
  returning j.* into v_job;
  if v_job.id is null then
    return null;
  end if;

  update public.runs r
  set status = 'running', started_at = coalesce(r.started_at, now()), code_version = p_code_version
  where r.id = v_job.run_id and (r.status = 'queued' or r.code_version is distinct from p_code_version);

  return (
    select jsonb_build_object(
      'id', v_job.id, 'run_id', v_job.run_id, 'kind', v_job.kind, 'payload', v_job.payload,
      'lease_token', v_job.lease_token, 'attempt', v_job.attempts, 'configuration', r.configuration,
      'config_hash', r.config_hash, 'checkpoint', c.checkpoint)
    from public.runs r
    left join public.job_checkpoints c on c.job_id = v_job.id
    where r.id = v_job.run_id);
end
$$;
comment on function public.claim_job(text[], text) is
  'Leases the next job of these kinds to the caller, with its checkpoint and configuration; null when there is none. A lease that '
  'ran out is claimed again. Concurrent callers never get the same job.';
grant execute on function public.claim_job(text[], text) to service_role;

create function internal.held_job(p_job_id bigint, p_lease_token uuid) returns public.jobs
language plpgsql set search_path = ''
as $$
declare
  v_job public.jobs;
begin
  select j.* into v_job from public.jobs j
  where j.id = p_job_id and j.status = 'running' and j.lease_token = p_lease_token
  for update;
  if v_job.id is null then
    perform internal.refuse(409, 'lease_lost', format('job %s is not held with this lease: nothing was stored', p_job_id));
  end if;
  return v_job;
end
$$;
comment on function internal.held_job(bigint, uuid) is 'The job, locked, if the lease is still the caller''s; else lease_lost.';

create function public.save_step(p_job_id bigint, p_lease_token uuid, p_checkpoint jsonb, p_progress double precision)
returns void
language plpgsql security definer set search_path = ''
as $$
begin
  perform internal.held_job(p_job_id, p_lease_token);
  insert into public.job_checkpoints (job_id, checkpoint) values (p_job_id, p_checkpoint)
  on conflict (job_id) do update set checkpoint = excluded.checkpoint, saved_at = now();
  -- Progress was made: what failed before it no longer counts against the job.
  update public.jobs
  set status = 'queued', lease_token = null, lease_until = null, attempts = 0, steps = steps + 1,
    progress = greatest(progress, p_progress), run_after = now(), error_code = null, error_message = null
  where id = p_job_id;
  perform internal.request_workers(1);
end
$$;
comment on function public.save_step(bigint, uuid, jsonb, double precision) is
  'Stores a checkpoint, gives the job back to the queue and asks for a successor, in one transaction; lease_lost otherwise.';
grant execute on function public.save_step(bigint, uuid, jsonb, double precision) to service_role;

create function internal.end_job(p_job public.jobs, p_status text, p_code text, p_message text) returns void
language plpgsql set search_path = ''
as $$
declare
  v_run public.runs;
  v_failure record;
begin
  -- Siblings that end at the same time take turns here, so that exactly one of them is the last.
  select r.* into v_run from public.runs r where r.id = p_job.run_id for update;

  delete from public.job_checkpoints c where c.job_id = p_job.id;
  update public.jobs
  set status = p_status, lease_token = null, lease_until = null, finished_at = now(),
    progress = case when p_status = 'succeeded' then 1 else progress end,
    error_code = p_code, error_message = p_message
  where id = p_job.id;
  v_run.jobs_done := v_run.jobs_done + 1;

  if p_job.kind = 'validate_window' and v_run.jobs_done = v_run.jobs_total
    and exists (select from public.jobs j where j.run_id = v_run.id and j.status = 'succeeded') then
    insert into public.jobs (run_id, kind, idempotency_key, payload, priority)
    values (v_run.id, 'check_divergence', format('%s:check_divergence', v_run.id), p_job.payload - 'window_id', 50);
    v_run.jobs_total := v_run.jobs_total + 1;
  end if;

  update public.runs set jobs_done = v_run.jobs_done, jobs_total = v_run.jobs_total where id = v_run.id;

  if v_run.jobs_done = v_run.jobs_total then
    select j.error_code, j.error_message into v_failure
    from public.jobs j where j.run_id = v_run.id and j.status = 'dead' order by j.id limit 1;
    update public.runs
    set status = case when v_failure.error_code is null then 'succeeded' else 'failed' end,
      error_code = v_failure.error_code, error_message = v_failure.error_message, finished_at = now()
    where id = v_run.id;
  end if;
end
$$;
comment on function internal.end_job(public.jobs, text, text, text) is
  'Ends a job and, with the last one, its run; after a validation''s last window the divergence check is planned.';

create function public.complete_job(p_job_id bigint, p_lease_token uuid, p_result jsonb) returns void
language plpgsql security definer set search_path = ''
as $$
declare
  v_job public.jobs;
  v_artifact_id bigint;
begin
  v_job := internal.held_job(p_job_id, p_lease_token);
  case v_job.kind
    when 'forecast' then
      v_artifact_id := internal.store_artifact(v_job.run_id, p_result -> 'artifact');
      perform internal.store_forecast(v_job.run_id, v_artifact_id, p_result -> 'forecast');
    when 'validate_window' then
      perform internal.store_validation(v_job.run_id, p_result -> 'metrics', p_result -> 'tests');
    when 'check_divergence' then
      perform internal.apply_divergence_check(p_result);
  end case;
  perform internal.end_job(v_job, 'succeeded', null, null);
  perform internal.request_workers(1);
end
$$;
comment on function public.complete_job(bigint, uuid, jsonb) is
  'Stores a job''s result and ends it, in one transaction: exactly once, or lease_lost.';
grant execute on function public.complete_job(bigint, uuid, jsonb) to service_role;

create function public.fail_job(
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
      run_after = now() + make_interval(secs => 5 * power(2, v_job.attempts - 1))
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
  'Reports a failure: back to the queue after 5, 10, 20, ... s, or dead when retrying is pointless or the attempts are used up.';
grant execute on function public.fail_job(bigint, uuid, text, text, boolean) to service_role;
