-- Runs and jobs: what was asked for, and the queue of what is left to do.
--
-- A table and not a queue extension: lease, attempts, checkpoint and effect change in one transaction.

create table public.runs (
  id uuid primary key default gen_random_uuid(),
  kind text not null,
  ensemble text not null,
  status text not null default 'queued',
  idempotency_key text not null,
  requested_via text not null,
  requested_by uuid,
  params jsonb not null default '{}',
  configuration jsonb not null,
  config_hash text not null,
  code_version text,
  data_cutoff timestamptz,
  jobs_total integer not null default 0,
  jobs_done integer not null default 0,
  error_code text,
  error_message text,
  created_at timestamptz not null default now(),
  started_at timestamptz,
  finished_at timestamptz,
  constraint runs_kind_known check (kind in ('forecast', 'validation')),
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
  constraint runs_jobs_are_counted check (jobs_done between 0 and jobs_total)
);
comment on table public.runs is 'What was asked for: one row a run of the schedule or an HTTP request; its jobs do the work.';
comment on column public.runs.id is 'Given to the caller, who asks with it how the run stands.';
comment on column public.runs.kind is 'forecast: one forecast a symbol. validation: walk-forward windows of one symbol, then the divergence check.';
comment on column public.runs.ensemble is 'candidate or baseline.';
comment on column public.runs.status is 'queued, running, succeeded or failed; failed when any job ended dead.';
comment on column public.runs.idempotency_key is 'What makes two requests the same; only failed runs may share it.';
comment on column public.runs.requested_via is 'schedule or http.';
comment on column public.runs.requested_by is 'The user, where one asked.';
comment on column public.runs.params is 'What was asked: symbols, horizon, windows.';
comment on column public.runs.configuration is 'The ensemble''s configuration when the run was planned; a later change does not reach it.';
comment on column public.runs.config_hash is 'Hash of that configuration.';
comment on column public.runs.code_version is 'Version of the code that worked on it last; null before the first claim.';
comment on column public.runs.data_cutoff is 'bar_time of the latest bar when the run was planned, UTC; null for several symbols.';
comment on column public.runs.jobs_total is 'Jobs planned so far.';
comment on column public.runs.jobs_done is 'Jobs that ended, well or dead.';
comment on column public.runs.error_code is 'Code of the first job that ended dead.';
comment on column public.runs.error_message is 'Its message: symbol, window, member and rule.';
comment on column public.runs.created_at is 'Asked for, UTC.';
comment on column public.runs.started_at is 'First job claimed, UTC.';
comment on column public.runs.finished_at is 'Last job ended, UTC.';

create unique index runs_idempotency_key_unless_failed on public.runs (idempotency_key) where status <> 'failed';
create index runs_by_creation on public.runs (created_at desc);

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
  constraint jobs_kind_known check (kind in ('forecast', 'validate_window', 'check_divergence')),
  constraint jobs_status_known check (status in ('queued', 'running', 'succeeded', 'dead')),
  constraint jobs_leased_exactly_when_running check (
    (status = 'running') = (lease_token is not null) and (lease_token is null) = (lease_until is null)
  ),
  constraint jobs_ended_exactly_when_finished check ((status in ('succeeded', 'dead')) = (finished_at is not null)),
  constraint jobs_dead_has_reason check (status <> 'dead' or (error_code is not null and error_message is not null)),
  constraint jobs_attempts_are_bounded check (attempts between 0 and max_attempts),
  constraint jobs_progress_is_a_share check (progress between 0 and 1)
);
comment on table public.jobs is 'The queue: each row is a piece of work that a worker steps until it ends.';
comment on column public.jobs.id is 'Order of planning.';
comment on column public.jobs.run_id is 'The run it belongs to.';
comment on column public.jobs.kind is 'forecast, validate_window or check_divergence.';
comment on column public.jobs.idempotency_key is 'Run and subject: the same job is never planned twice.';
comment on column public.jobs.payload is 'What to do; the shape follows from kind (src/shared/contracts).';
comment on column public.jobs.priority is 'Smaller is claimed first: 5 forecasts asked for over HTTP, 10 scheduled ones, 50 divergence checks, 100 windows.';
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

create index jobs_claimable on public.jobs (priority, id) where status in ('queued', 'running');
create index jobs_by_run on public.jobs (run_id);

create trigger jobs_touch before update on public.jobs
for each row execute function internal.touch_updated_at();

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

alter table public.runs enable row level security;
alter table public.jobs enable row level security;
alter table public.job_checkpoints enable row level security;
create policy runs_are_read_by_users on public.runs for select to authenticated using (true);
create policy jobs_are_read_by_users on public.jobs for select to authenticated using (true);
grant select on public.runs, public.jobs to authenticated, service_role;
grant select on public.job_checkpoints to service_role;
