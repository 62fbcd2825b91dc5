-- A candidate ensemble on its way from a few symbols to all, beside the baseline.
create table public.rollouts (
  id bigint generated always as identity primary key,
  status text not null default 'running',
  stage text not null default 'canary',
  candidate_hash text not null,
  baseline_hash text not null,
  code_version text not null,
  commit_hash text,
  tests jsonb,
  started_at timestamptz not null default now(),
  stage_started_at timestamptz not null default now(),
  stage_due_at timestamptz not null,
  health_captured jsonb not null default '{}',
  ended_at timestamptz,
  ended_because text,
  watched_until timestamptz,
  constraint rollouts_status_known check (status in ('running', 'completed', 'rolled_back')),
  constraint rollouts_stage_known check (stage in ('canary', 'limited', 'full')),
  constraint rollouts_hashes_are_hex check (candidate_hash ~ '^[0-9a-f]{16,64}$' and baseline_hash ~ '^[0-9a-f]{16,64}$'),
  constraint rollouts_commit_is_hex check (commit_hash ~ '^[0-9a-f]{7,64}$'),
  constraint rollouts_tests_are_counts check (
    tests is null or coalesce(tests ->> 'passed' ~ '^[0-9]{1,9}$' and tests ->> 'failed' ~ '^[0-9]{1,9}$'
      and jsonb_typeof(tests -> 'passed') = 'number' and jsonb_typeof(tests -> 'failed') = 'number', false)
  ),
  -- What the judge could not read it would refuse at every evaluation.
  constraint rollouts_health_is_durations check (
    jsonb_typeof(health_captured) = 'object'
    and not jsonb_path_exists(health_captured, '$.* ? (!(@.p95_ms.type() == "number" && @.n.type() == "number"))')
  ),
  constraint rollouts_ended_exactly_when_not_running check ((status = 'running') = (ended_at is null)),
  constraint rollouts_ended_with_reason check ((ended_at is null) = (ended_because is null)),
  constraint rollouts_completed_in_full check (status <> 'completed' or stage = 'full'),
  constraint rollouts_stage_is_due_after_its_start check (stage_due_at >= stage_started_at)
);
comment on table public.rollouts is
  'Rollouts of a candidate ensemble. The latest one decides which ensemble serves: see vw_serving_ensembles.';
comment on column public.rollouts.id is 'Order of deploying.';
comment on column public.rollouts.status is 'running; completed: the candidate serves everything; rolled_back: the baseline does.';
comment on column public.rollouts.stage is 'canary, limited or full: which symbols and horizons the candidate has reached.';
comment on column public.rollouts.candidate_hash is 'config_hash of the candidate.';
comment on column public.rollouts.baseline_hash is 'config_hash of the baseline it is compared with.';
comment on column public.rollouts.code_version is 'Version of the code that deployed it.';
comment on column public.rollouts.commit_hash is 'Commit that was deployed, as far as preflight knew it.';
comment on column public.rollouts.tests is 'Result of that commit''s tests, from preflight: {passed, failed}; null: they were not run.';
comment on column public.rollouts.started_at is 'Deployed, UTC.';
comment on column public.rollouts.stage_started_at is 'Begin of the present stage, UTC: its criteria look at nothing before it, but for windows.';
comment on column public.rollouts.stage_due_at is 'Until when the stage lasts at least, UTC; extend_rollout moves it.';
comment on column public.rollouts.health_captured is 'Durations of the monitoring queries before anything was changed: {query: {p95_ms, n}}.';
comment on column public.rollouts.ended_at is 'Completed or rolled back, UTC.';
comment on column public.rollouts.ended_because is 'Why.';
comment on column public.rollouts.watched_until is 'Up to when watch_rollout has looked, UTC; null: never.';

create unique index rollouts_one_runs on public.rollouts (status) where status = 'running';

alter table public.rollouts enable row level security;
create policy rollouts_are_read_by_operators on public.rollouts for select to authenticated using ((select internal.may_read_operations()));
revoke all on public.rollouts from anon, authenticated, service_role;
grant select on public.rollouts to authenticated, service_role;
