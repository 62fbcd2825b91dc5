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
create policy job_retries_are_read_by_operators on public.job_retries for select to authenticated using ((select internal.may_read_operations()));
revoke all on public.job_retries from anon, authenticated, service_role;
grant select on public.job_retries to authenticated, service_role;
