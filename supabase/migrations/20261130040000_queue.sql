-- Made from supabase/schemas by npm run build:migrations.

-- A function may name what is made after it.
set check_function_bodies = off;

-- queue/tables/job_kinds.sql
-- A new kind of job is a row here, a function that stores its result, and the code of its worker.
create table public.job_kinds (
  kind text primary key,
  worker text not null,
  stores_result text not null,
  priority smallint not null,
  one_at_a_time boolean not null default false,
  followed_by text references public.job_kinds (kind),
  description text not null,
  constraint job_kinds_kind_is_snake_case check (kind ~ '^[a-z][a-z0-9_]*$'),
  constraint job_kinds_worker_is_a_function_name check (worker ~ '^[a-z][a-z0-9-]*$'),
  constraint job_kinds_stores_result_is_a_function_name check (stores_result ~ '^[a-z][a-z0-9_]*$'),
  constraint job_kinds_follow_another check (followed_by <> kind)
);
comment on table public.job_kinds is 'The kinds of jobs: who works on each, and what stores its result.';
comment on column public.job_kinds.kind is 'The kind, as jobs name it.';
comment on column public.job_kinds.worker is 'The Edge Function that claims jobs of this kind.';
comment on column public.job_kinds.stores_result is
  'The function of schema internal that complete_job stores a result with: (p_job public.jobs, p_result jsonb) returns jsonb, what '
  'jobs.result keeps, or null where the result is rows of its own.';
comment on column public.job_kinds.priority is 'Smaller is claimed first; the default of a new job.';
comment on column public.job_kinds.one_at_a_time is
  'true: one worker at a time, asked for before the others. Two would use up a provider''s limit between them.';
comment on column public.job_kinds.followed_by is
  'The kind of the one job that is added to a run after its last job of this kind, if any of them succeeded; null for none.';
comment on column public.job_kinds.description is 'What it does.';

alter table public.job_kinds enable row level security;
create policy job_kinds_are_read_by_users on public.job_kinds for select to authenticated using (true);
revoke all on public.job_kinds from anon, authenticated, service_role;
grant select on public.job_kinds to authenticated, service_role;

-- queue/tables/runs.sql
create table public.runs (
  id uuid primary key default gen_random_uuid(),
  kind text not null,
  ensemble text,
  status text not null default 'queued',
  idempotency_key text not null,
  requested_via text not null,
  requested_by uuid,
  params jsonb not null default '{}',
  configuration jsonb,
  config_hash text,
  code_version text,
  data_cutoff timestamptz,
  jobs_total integer not null default 0,
  jobs_done integer not null default 0,
  error_code text,
  error_message text,
  created_at timestamptz not null default now(),
  started_at timestamptz,
  finished_at timestamptz,
  on_member_failure text not null default 'fail',
  constraint runs_ensemble_known check (ensemble in ('candidate', 'baseline')),
  constraint runs_status_known check (status in ('queued', 'running', 'succeeded', 'failed')),
  constraint runs_requested_via_known check (requested_via in ('schedule', 'http')),
  constraint runs_ended_exactly_when_finished check ((status in ('succeeded', 'failed')) = (finished_at is not null)),
  constraint runs_failed_exactly_with_error check ((status = 'failed') = (error_code is not null)),
  constraint runs_error_is_whole check ((error_code is null) = (error_message is null)),
  constraint runs_started_exactly_when_not_queued check (
    (status = 'queued' and started_at is null) or (status = 'running' and started_at is not null)
    or status in ('succeeded', 'failed')
  ),
  constraint runs_jobs_are_counted check (jobs_done between 0 and jobs_total),
  constraint runs_on_member_failure_known check (on_member_failure in ('fail', 'drop')),
  constraint runs_kind_is_snake_case check (kind ~ '^[a-z][a-z0-9_]*$'),
  constraint runs_of_an_ensemble_name_it check (
    case
      when kind = 'forecast' and requested_via = 'http' then num_nulls(ensemble, configuration, config_hash) in (0, 3)
      when kind in ('forecast', 'validation', 'divergence_check') then num_nulls(ensemble, configuration, config_hash) = 0
      else num_nulls(configuration, config_hash) in (0, 2)
    end
  )
);
comment on table public.runs is 'What was asked for: one row a run of the schedule or an HTTP request; its jobs do the work.';
comment on column public.runs.id is 'Given to the caller, who asks with it how the run stands.';
comment on column public.runs.kind is
  'forecast: one forecast a symbol. validation: walk-forward windows of one symbol, then the divergence check. ingestion: bars from a '
  'provider, a job a symbol and timeframe. divergence_check: the daily check of one symbol''s stored windows. rollout_evaluation: the judge '
  'of the rollout that runs.';
comment on column public.runs.ensemble is
  'candidate or baseline; null for an ingestion or an evaluation, which know no one ensemble, and for a request of symbols that both serve.';
comment on column public.runs.status is 'queued, running, succeeded or failed; failed when any job ended dead.';
comment on column public.runs.idempotency_key is 'What makes two requests the same; only failed runs may share it.';
comment on column public.runs.requested_via is 'schedule or http.';
comment on column public.runs.requested_by is 'The user, where one asked.';
comment on column public.runs.params is
  'What was asked: symbols, horizon, windows; of an ingestion the setting market_data; of an evaluation rollout_id and stage.';
comment on column public.runs.configuration is
  'The ensemble''s configuration when the run was planned; a later change does not reach it. Null where ensemble is.';
comment on column public.runs.config_hash is 'Hash of that configuration; null where ensemble is.';
comment on column public.runs.code_version is 'Version of the code that worked on it last; null before the first claim.';
comment on column public.runs.data_cutoff is 'bar_time of the latest bar when the run was planned, UTC; null for several symbols.';
comment on column public.runs.jobs_total is 'Jobs planned so far.';
comment on column public.runs.jobs_done is 'Jobs that ended, well or dead.';
comment on column public.runs.error_code is 'Code of the first job that ended dead.';
comment on column public.runs.error_message is 'Its message: symbol, window, member and rule.';
comment on column public.runs.created_at is 'Asked for, UTC.';
comment on column public.runs.started_at is 'First job claimed, UTC.';
comment on column public.runs.finished_at is 'Last job ended, UTC.';
comment on column public.runs.on_member_failure is
  'Setting on_member_failure when the run was planned, fail or drop; a later change does not reach it.';

create unique index runs_idempotency_key_unless_failed on public.runs (idempotency_key) where status <> 'failed';
create index runs_by_creation on public.runs (created_at desc);

alter table public.runs enable row level security;
create policy runs_are_read_by_users on public.runs for select to authenticated using (true);
revoke all on public.runs from anon, authenticated, service_role;
grant select on public.runs to authenticated, service_role;

-- queue/tables/jobs.sql
create table public.jobs (
  id bigint generated always as identity primary key,
  run_id uuid not null references public.runs (id) on delete cascade,
  kind text not null,
  idempotency_key text not null unique,
  payload jsonb not null,
  priority smallint not null default 100,
  status text not null default 'queued',
  attempts smallint not null default 0,
  max_attempts smallint not null default 5,
  run_after timestamptz not null default now(),
  lease_token uuid,
  lease_until timestamptz,
  steps integer not null default 0,
  progress double precision not null default 0,
  error_code text,
  error_message text,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  finished_at timestamptz,
  result jsonb,
  configuration jsonb,
  config_hash text,
  constraint jobs_status_known check (status in ('queued', 'running', 'succeeded', 'dead')),
  constraint jobs_leased_exactly_when_running check (
    (status = 'running') = (lease_token is not null) and (lease_token is null) = (lease_until is null)
  ),
  constraint jobs_ended_exactly_when_finished check ((status in ('succeeded', 'dead')) = (finished_at is not null)),
  constraint jobs_dead_has_reason check (status <> 'dead' or (error_code is not null and error_message is not null)),
  constraint jobs_attempts_are_bounded check (attempts between 0 and max_attempts),
  constraint jobs_progress_is_a_share check (progress between 0 and 1),
  constraint jobs_kind_known foreign key (kind) references public.job_kinds (kind),
  constraint jobs_configuration_has_its_hash check ((configuration is null) = (config_hash is null))
);
comment on table public.jobs is 'The queue: each row is a piece of work that a worker steps until it ends.';
comment on column public.jobs.id is 'Order of planning.';
comment on column public.jobs.run_id is 'The run it belongs to.';
comment on column public.jobs.kind is 'What it is: a row of job_kinds.';
comment on column public.jobs.idempotency_key is 'Run and subject: the same job is never planned twice.';
comment on column public.jobs.payload is 'What to do; the shape follows from kind (src/shared/contracts).';
comment on column public.jobs.priority is
  'Smaller is claimed first: 5 forecasts asked for over HTTP, else as job_kinds has it.';
comment on column public.jobs.status is 'queued, running (leased), succeeded or dead.';
comment on column public.jobs.attempts is 'Claims since the last progress; at max_attempts the job ends dead.';
comment on column public.jobs.max_attempts is 'How often a job may fail without progress.';
comment on column public.jobs.run_after is 'Not claimed before, UTC: backoff.';
comment on column public.jobs.lease_token is 'Held by the worker at work; without it nothing is accepted.';
comment on column public.jobs.lease_until is 'When the lease ends and another worker may take over, UTC.';
comment on column public.jobs.steps is 'Steps stored so far.';
comment on column public.jobs.progress is 'Share of the work done, 0 to 1.';
comment on column public.jobs.error_code is 'Code of the last failure.';
comment on column public.jobs.error_message is 'Message of the last failure.';
comment on column public.jobs.created_at is 'Planned, UTC.';
comment on column public.jobs.updated_at is 'Last change, UTC.';
comment on column public.jobs.finished_at is 'Ended, UTC.';
comment on column public.jobs.result is
  'What an ingest job did: bars given, inserted and changed, whether the series was fetched whole, gaps, requests. Of an evaluation: '
  'evaluation_id, verdict, rolled_back, or skipped with the reason. Null for the other kinds, whose results are rows of their own.';
comment on column public.jobs.configuration is
  'The configuration of the job''s ensemble, where its run has none because the jobs are of both; else null, and the run''s counts.';
comment on column public.jobs.config_hash is 'Hash of that configuration.';

create index jobs_claimable on public.jobs (priority, id) where status in ('queued', 'running');
create index jobs_by_run on public.jobs (run_id);
-- Watched every minute.
create index jobs_dead on public.jobs (finished_at) where status = 'dead';

create trigger jobs_touch before update on public.jobs
for each row execute function internal.touch_updated_at();

alter table public.jobs enable row level security;
create policy jobs_are_read_by_users on public.jobs for select to authenticated using (true);
revoke all on public.jobs from anon, authenticated, service_role;
grant select on public.jobs to authenticated, service_role;

-- queue/tables/job_checkpoints.sql
-- Apart from jobs, so that reading the queue never drags hundreds of kilobytes along.
create table public.job_checkpoints (
  job_id bigint primary key references public.jobs (id) on delete cascade,
  checkpoint jsonb not null,
  saved_at timestamptz not null default now()
);
comment on table public.job_checkpoints is 'Where an unfinished job resumes; gone when it ends.';
comment on column public.job_checkpoints.job_id is 'The job.';
comment on column public.job_checkpoints.checkpoint is 'State of the computation; floats as base64, so that no bit is lost.';
comment on column public.job_checkpoints.saved_at is 'Stored, UTC.';

alter table public.job_checkpoints enable row level security;
revoke all on public.job_checkpoints from anon, authenticated, service_role;
grant select on public.job_checkpoints to service_role;

-- queue/tables/job_retries.sql
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

-- queue/tables/worker_requests.sql
-- Every request for a worker is recorded, so that no more are under way than max_workers.
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

-- queue/functions/add_job.sql
create or replace function internal.add_job(p_run_id uuid, p_kind text, p_subject text, p_payload jsonb, p_priority integer default null) returns void
language plpgsql set search_path = ''
as $$
begin
  insert into public.jobs (run_id, kind, idempotency_key, payload, priority)
  select p_run_id, p_kind, format('%s:%s:%s', p_run_id, p_kind, p_subject), p_payload, coalesce(p_priority, k.priority)
  from (values (p_kind)) v(kind) left join public.job_kinds k on k.kind = v.kind;
  update public.runs set jobs_total = jobs_total + 1 where id = p_run_id;
end
$$;
comment on function internal.add_job(uuid, text, text, jsonb, integer) is 'Adds a job to a run; without p_priority with that of its kind.';
revoke execute on function internal.add_job(uuid, text, text, jsonb, integer) from public;

-- queue/functions/claim_job.sql
create or replace function public.claim_job(p_kinds text[], p_code_version text) returns jsonb
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
      'lease_token', v_job.lease_token, 'attempt', v_job.attempts,
      'configuration', coalesce(v_job.configuration, r.configuration), 'config_hash', coalesce(v_job.config_hash, r.config_hash),
      'on_member_failure', r.on_member_failure, 'checkpoint', c.checkpoint)
    from public.runs r
    left join public.job_checkpoints c on c.job_id = v_job.id
    where r.id = v_job.run_id);
end
$$;
comment on function public.claim_job(text[], text) is
  'Leases the next job of these kinds to the caller, with its checkpoint and what it was planned with; null when there is none. '
  'A lease that ran out is claimed again. Concurrent callers never get the same job.';
revoke execute on function public.claim_job(text[], text) from public, anon, authenticated;
grant execute on function public.claim_job(text[], text) to service_role;

-- queue/functions/complete_job.sql
create or replace function public.complete_job(p_job_id bigint, p_lease_token uuid, p_result jsonb) returns void
language plpgsql security definer set search_path = ''
as $$
declare
  v_job public.jobs;
  v_stores_result text;
  v_result jsonb;
begin
  v_job := internal.held_job(p_job_id, p_lease_token);
  select k.stores_result into strict v_stores_result from public.job_kinds k where k.kind = v_job.kind;
  execute format('select internal.%I($1, $2)', v_stores_result) into v_result using v_job, p_result;
  if v_result is not null then
    update public.jobs set result = v_result where id = v_job.id;
  end if;
  perform internal.end_job(v_job, 'succeeded', null, null);
  perform internal.request_workers(1);
end
$$;
comment on function public.complete_job(bigint, uuid, jsonb) is
  'Stores a job''s result, with the function that job_kinds names, and ends it, in one transaction: exactly once, or lease_lost.';
revoke execute on function public.complete_job(bigint, uuid, jsonb) from public, anon, authenticated;
grant execute on function public.complete_job(bigint, uuid, jsonb) to service_role;

-- queue/functions/create_run.sql
create or replace function internal.create_run(
  p_kind text, p_ensemble text, p_key text, p_via text, p_by uuid, p_cutoff timestamptz, p_params jsonb
) returns uuid
language plpgsql set search_path = ''
as $$
declare
  v_id uuid;
begin
  insert into public.runs (
    kind, ensemble, idempotency_key, requested_via, requested_by, data_cutoff, params, configuration, config_hash)
  select p_kind, p_ensemble, p_key, p_via, p_by, p_cutoff, p_params, e.configuration, e.config_hash
  from public.ensembles e where e.ensemble = p_ensemble
  on conflict (idempotency_key) where status <> 'failed' do nothing
  returning id into v_id;
  return v_id;
end
$$;
comment on function internal.create_run(text, text, text, text, uuid, timestamptz, jsonb) is
  'A new run with the ensemble''s configuration; null when one with this key is there and has not failed.';
revoke execute on function internal.create_run(text, text, text, text, uuid, timestamptz, jsonb) from public;

-- queue/functions/dispatch_workers.sql
create or replace function public.dispatch_workers() returns integer
language plpgsql security definer set search_path = ''
as $$
begin
  perform internal.mend_clock_jumps();
  return internal.request_workers((internal.setting('max_workers') #>> '{}')::integer);
end
$$;
comment on function public.dispatch_workers() is
  'Asks for workers if claimable jobs wait; returns how many requests were made. Mends what a clock that was set back has left.';
revoke execute on function public.dispatch_workers() from public, anon, authenticated;
grant execute on function public.dispatch_workers() to service_role;

-- queue/functions/end_job.sql
create or replace function internal.end_job(p_job public.jobs, p_status text, p_code text, p_message text) returns void
language plpgsql set search_path = ''
as $$
declare
  v_run public.runs;
  v_failure record;
  v_next public.job_kinds;
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

  if v_run.jobs_done = v_run.jobs_total then
    select n.* into v_next
    from public.job_kinds k
    join public.job_kinds n on n.kind = k.followed_by
    where k.kind = p_job.kind
      and exists (select from public.jobs j where j.run_id = v_run.id and j.status = 'succeeded');
    if v_next.kind is not null then
      -- About the run's subject, and not about the one window that happened to end last.
      insert into public.jobs (run_id, kind, idempotency_key, payload, priority)
      values (v_run.id, v_next.kind, format('%s:%s', v_run.id, v_next.kind), p_job.payload - 'window_id', v_next.priority);
      v_run.jobs_total := v_run.jobs_total + 1;
    end if;
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
  'Ends a job and, with the last one, its run; after its last job of a kind that another follows (job_kinds), that one is planned.';
revoke execute on function internal.end_job(public.jobs, text, text, text) from public;

-- queue/functions/fail_job.sql
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
revoke execute on function public.fail_job(bigint, uuid, text, text, boolean) from public, anon, authenticated;
grant execute on function public.fail_job(bigint, uuid, text, text, boolean) to service_role;

-- queue/functions/held_job.sql
create or replace function internal.held_job(p_job_id bigint, p_lease_token uuid) returns public.jobs
language plpgsql set search_path = ''
as $$
declare
  v_job public.jobs;
begin
  select j.* into v_job from public.jobs j
  where j.id = p_job_id and j.status = 'running' and j.lease_token = p_lease_token
  for update;
  if v_job.id is null then
    perform internal.refuse(409, 'lease_lost', format('Job %s is not held with this lease: nothing was stored', p_job_id));
  end if;
  return v_job;
end
$$;
comment on function internal.held_job(bigint, uuid) is 'The job, locked, if the lease is still the caller''s; else lease_lost.';
revoke execute on function internal.held_job(bigint, uuid) from public;

-- queue/functions/is_settled.sql
create or replace function internal.is_settled(p_key text) returns boolean
language sql stable set search_path = ''
as $$
  select exists (
    select from public.runs r
    where r.idempotency_key = p_key
      and (r.status <> 'failed' or r.jobs_total = 0 or r.finished_at > now() - interval '1 hour'))
$$;
comment on function internal.is_settled(text) is
  'Whether the schedule should leave a run alone: it is there, was refused for what its data is, or failed less than an hour ago.';
revoke execute on function internal.is_settled(text) from public;

-- queue/functions/mend_clock_jumps.sql
create or replace function internal.mend_clock_jumps() returns integer
language plpgsql set search_path = ''
as $$
declare
  v_leases integer;
  v_waits integer;
begin
  -- No lease given out now would end so late: whoever holds it keeps it until somebody claims the job.
  update public.jobs j set lease_until = now() - interval '1 second'
  where j.id in (
    select c.id from public.jobs c
    where c.status = 'running'
      and c.lease_until > now() + interval '10 minutes'
        + make_interval(secs => (internal.setting('lease_seconds') #>> '{}')::double precision)
    order by c.id
    for update skip locked);
  get diagnostics v_leases = row_count;

  -- Nor does any failure make a job wait so long.
  update public.jobs j set run_after = now()
  where j.id in (
    select c.id from public.jobs c
    where c.status = 'queued' and c.run_after > now() + interval '1 hour'
    order by c.id
    for update skip locked);
  get diagnostics v_waits = row_count;
  return v_leases + v_waits;
end
$$;
comment on function internal.mend_clock_jumps() is
  'Makes jobs claimable whose lease or wait ends later than any given out by the present clock would: the clock was set back. Returns how many.';
revoke execute on function internal.mend_clock_jumps() from public;

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
  set status = 'queued', lease_token = null, lease_until = null, run_after = now(), error_code = 'lease_expired',
    error_message = 'Its worker did not report within the lease'
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

-- queue/functions/refuse_run.sql
create or replace function internal.refuse_run(p_run_id uuid, p_code text, p_message text) returns void
language sql set search_path = ''
as $$
  update public.runs set status = 'failed', error_code = p_code, error_message = p_message, finished_at = now()
  where id = p_run_id
$$;
comment on function internal.refuse_run(uuid, text, text) is 'Ends a run before it began, with the reason.';
revoke execute on function internal.refuse_run(uuid, text, text) from public;

-- queue/functions/request_function.sql
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
revoke execute on function internal.request_function(text) from public;

-- queue/functions/request_workers.sql
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
      case when not d.one_at_a_time then count(*)
        when d.function_name = any (v_on_their_way) or exists (
          select from public.jobs r join public.job_kinds k on k.kind = r.kind
          where k.worker = d.function_name and r.status = 'running' and r.lease_until >= now()) then 0
        else 1 end as wanted
    from (
      select k.worker as function_name, k.one_at_a_time
      from public.jobs j
      join public.job_kinds k on k.kind = j.kind
      where j.attempts < j.max_attempts
        and ((j.status = 'queued' and j.run_after <= now()) or (j.status = 'running' and j.lease_until < now()))
    ) d
    group by d.function_name, d.one_at_a_time
    -- New bars (one at a time) first: what the others compute is about them. A function that was asked for in vain just now stands behind
    -- the others: one that is broken would take every place, minute after minute.
    order by d.function_name = any (v_in_vain), not d.one_at_a_time, d.function_name
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
  'neither a running job nor a request on its way takes. Returns how many. Kinds of jobs that are worked on one at a time come first; a function '
  'that nobody answered for in the last two minutes comes last.';
revoke execute on function internal.request_workers(integer) from public;

-- queue/functions/retry_delay.sql
create or replace function internal.retry_delay(p_job_id bigint, p_attempts integer) returns interval
language sql immutable set search_path = ''
as $$
  select make_interval(secs => least(600, 5 * power(2, least(p_attempts, 20) - 1))
    * (1 + 0.25 * (hashint8extended(p_job_id, p_attempts) & 1023) / 1024.0))
$$;
comment on function internal.retry_delay(bigint, integer) is
  'How long a job waits after its n-th failure in a row: 5, 10, 20, ... s, at most 600, and up to a quarter more by job and attempt, so that '
  'jobs that failed together do not come back together.';
revoke execute on function internal.retry_delay(bigint, integer) from public;

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
  perform internal.request_workers(1);
  return jsonb_build_object('job', p_job_id, 'run', v_run.id, 'status', 'queued');
end
$$;
comment on function public.retry_job(bigint) is
  'Puts a dead job back into the queue, with new attempts and from its beginning, reopens its run, and records it in job_retries. Raises '
  'unknown_job, not_dead, superseded, check_is_ending (ask again).';
revoke execute on function public.retry_job(bigint) from public, anon, authenticated;
grant execute on function public.retry_job(bigint) to service_role;

-- queue/functions/save_step.sql
create or replace function public.save_step(p_job_id bigint, p_lease_token uuid, p_checkpoint jsonb, p_progress double precision)
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
revoke execute on function public.save_step(bigint, uuid, jsonb, double precision) from public, anon, authenticated;
grant execute on function public.save_step(bigint, uuid, jsonb, double precision) to service_role;

-- queue/triggers/note_claim.sql
create or replace function internal.note_claim() returns trigger
language plpgsql set search_path = ''
as $$
begin
  update public.worker_requests w set claimed_at = now()
  where w.id = (
    select r.id from public.worker_requests r
    where r.requested_at between now() - interval '2 minutes' and now() + interval '1 minute' and r.claimed_at is null and r.net_request_id is not null
      and r.function_name = (select k.worker from public.job_kinds k where k.kind = new.kind)
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

-- queue/triggers/snapshot_member_failure.sql
create or replace function internal.snapshot_member_failure() returns trigger
language plpgsql set search_path = ''
as $$
begin
  new.on_member_failure := internal.setting('on_member_failure') #>> '{}';
  return new;
end
$$;
comment on function internal.snapshot_member_failure() is 'Trigger: gives a new run the setting on_member_failure.';
revoke execute on function internal.snapshot_member_failure() from public;

create trigger runs_snapshot_member_failure before insert on public.runs
for each row execute function internal.snapshot_member_failure();
