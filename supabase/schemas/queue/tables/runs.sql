create table public.runs (
  id uuid primary key default gen_random_uuid(),
  kind text not null,
  ensemble text,
  status text not null default 'queued',
  idempotency_key text not null,
  requested_via text not null,
  requested_by uuid,
  params jsonb not null default '{}',
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
  quota_used integer not null default 0,
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
      when kind = 'forecast' and requested_via = 'http' then num_nulls(ensemble, config_hash) in (0, 2)
      when kind in ('forecast', 'validation', 'divergence_check') then num_nulls(ensemble, config_hash) = 0
      else true
    end
  ),
  constraint runs_configuration_known foreign key (config_hash) references public.configurations (config_hash)
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
comment on column public.runs.config_hash is
  'The ensemble''s configuration when the run was planned, a row of configurations; a later change does not reach it. Null where '
  'ensemble is.';
comment on column public.runs.code_version is 'Version of the code that worked on it last; null before the first claim.';
comment on column public.runs.data_cutoff is 'bar_time of the latest bar when the run was planned, UTC; null for several symbols.';
comment on column public.runs.jobs_total is 'Jobs planned so far, and those of other runs that it joined.';
comment on column public.runs.jobs_done is 'Jobs that ended, well or dead.';
comment on column public.runs.error_code is 'Code of the first job that ended dead.';
comment on column public.runs.error_message is 'Its message: symbol, window, member and rule.';
comment on column public.runs.created_at is 'Asked for, UTC.';
comment on column public.runs.started_at is 'First job claimed, UTC.';
comment on column public.runs.finished_at is 'Last job ended, UTC.';
comment on column public.runs.on_member_failure is
  'Setting on_member_failure when the run was planned, fail or drop; a later change does not reach it.';
comment on column public.runs.quota_used is
  'How much of its user''s quota it took: the forecasts that nobody was making when it was asked for.';

create unique index runs_idempotency_key_unless_failed on public.runs (idempotency_key) where status <> 'failed';
-- A key may have failed often: settled_runs asks for its last failures.
create index runs_failed_by_key on public.runs (idempotency_key) where status = 'failed';
-- plan_validations asks when each symbol was validated last.
create index runs_of_validations on public.runs ((params -> 'symbols' ->> 0), (params ->> 'horizon'), created_at) where kind = 'validation';
-- Which forecasts were made in time, by runs of one symbol and of several.
create index runs_of_forecasts on public.runs ((params -> 'symbols' ->> 0), data_cutoff) where kind = 'forecast' and status = 'succeeded';
create index runs_of_many_forecasts on public.runs (data_cutoff)
  where kind = 'forecast' and status = 'succeeded' and params -> 'symbols' ->> 1 is not null;
-- What a user has asked for in the last hour.
create index runs_of_users on public.runs (requested_by, created_at) where requested_by is not null;
create index runs_by_creation on public.runs (created_at desc);
create index runs_by_end on public.runs (finished_at) where finished_at is not null;
-- Few, and counted over days.
create index runs_failed on public.runs (finished_at) where status = 'failed';

alter table public.runs enable row level security;
create policy runs_are_read_by_operators on public.runs for select to authenticated using ((select internal.may_read_operations()));
revoke all on public.runs from anon, authenticated, service_role;
grant select on public.runs to authenticated, service_role;
