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
