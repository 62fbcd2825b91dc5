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
  config_hash text,
  worker_request_id bigint,
  forecast_key text,
  bars_restated_at timestamptz,
  constraint jobs_status_known check (status in ('queued', 'running', 'succeeded', 'dead')),
  constraint jobs_leased_exactly_when_running check (
    (status = 'running') = (lease_token is not null) and (lease_token is null) = (lease_until is null)
  ),
  constraint jobs_ended_exactly_when_finished check ((status in ('succeeded', 'dead')) = (finished_at is not null)),
  constraint jobs_dead_has_reason check (status <> 'dead' or (error_code is not null and error_message is not null)),
  constraint jobs_attempts_are_bounded check (attempts between 0 and max_attempts),
  constraint jobs_progress_is_a_share check (progress between 0 and 1),
  constraint jobs_kind_known foreign key (kind) references public.job_kinds (kind),
  constraint jobs_configuration_known foreign key (config_hash) references public.configurations (config_hash)
);
comment on table public.jobs is 'The queue: each row is a piece of work that a worker steps until it ends.';
comment on column public.jobs.id is 'Order of planning.';
comment on column public.jobs.run_id is
  'The run it belongs to; others that wait for it are in joined_jobs. A request''s job becomes the schedule''s when that wants it too.';
comment on column public.jobs.kind is 'What it is: a row of job_kinds.';
comment on column public.jobs.idempotency_key is 'Run and subject: the same job is never planned twice.';
comment on column public.jobs.payload is 'What to do; the shape follows from kind (src/shared/contracts).';
comment on column public.jobs.priority is
  'Smaller is claimed first: 40 forecasts asked for over HTTP, after those of the schedule, else as job_kinds has it.';
comment on column public.jobs.status is 'queued, running (leased), succeeded or dead.';
comment on column public.jobs.attempts is 'Claims since the last progress; at max_attempts the job ends dead.';
comment on column public.jobs.max_attempts is 'How often a job may fail without progress.';
comment on column public.jobs.run_after is 'Not claimed before, UTC: backoff. Of one priority the earliest is claimed first; a step does not change it.';
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
comment on column public.jobs.config_hash is
  'The configuration of the job''s ensemble, where its run has none because the jobs are of both; else null, and the run''s counts.';
comment on column public.jobs.worker_request_id is
  'The row of worker_requests whose worker claimed it last; null when it was claimed by hand, or never. The row may be gone.';
comment on column public.jobs.forecast_key is
  'Of a forecast: what it is of (internal.forecast_key). At most one job of a key is open; null for other kinds.';
comment on column public.jobs.bars_restated_at is
  'restated_at of its bars (bar_series) when it was claimed last: a result from bars that were restated since is not stored. Null without bars.';

create index jobs_claimable on public.jobs (priority, id) where status in ('queued', 'running');
-- What is claimed next of a kind, and whether anything of a kind is due: one look each, however many jobs wait.
create index jobs_by_turn on public.jobs (kind, priority, run_after, id) where status = 'queued' and attempts < max_attempts;
create index jobs_due on public.jobs (kind, run_after) where status = 'queued' and attempts < max_attempts;
create index jobs_running on public.jobs (lease_until) where status = 'running';
create index jobs_by_run on public.jobs (run_id);
-- plan_validations asks which windows wait.
create index jobs_of_windows on public.jobs ((payload ->> 'symbol'), (payload ->> 'horizon'), (payload ->> 'window_id'))
  where kind = 'validate_window' and status in ('queued', 'running');
create index jobs_ingested on public.jobs ((payload ->> 'symbol'), (payload ->> 'timeframe'), finished_at)
  where kind = 'ingest' and status = 'succeeded';
-- One open job a forecast: who wants the same joins it.
create unique index jobs_one_open_forecast on public.jobs (forecast_key) where status in ('queued', 'running') and forecast_key is not null;
-- A failure is remembered for an hour.
create index jobs_failed_forecasts on public.jobs (forecast_key, finished_at) where status = 'dead' and forecast_key is not null;
-- Watched every minute.
create index jobs_dead on public.jobs (finished_at) where status = 'dead';
create index jobs_succeeded on public.jobs (finished_at) where status = 'succeeded';

create trigger jobs_touch before update on public.jobs
for each row execute function internal.touch_updated_at();

alter table public.jobs enable row level security;
create policy jobs_are_read_by_operators on public.jobs for select to authenticated using ((select internal.may_read_operations()));
revoke all on public.jobs from anon, authenticated, service_role;
grant select on public.jobs to service_role;
-- All but lease_token: with it a job can be ended.
grant select (
  id, run_id, kind, idempotency_key, payload, priority, status, attempts, max_attempts, run_after, lease_until, steps, progress, error_code,
  error_message, created_at, updated_at, finished_at, result, config_hash, worker_request_id, forecast_key, bars_restated_at
) on public.jobs to authenticated;
