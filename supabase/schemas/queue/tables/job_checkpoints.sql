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
