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
create policy job_kinds_are_read_by_operators on public.job_kinds for select to authenticated using ((select internal.may_read_operations()));
revoke all on public.job_kinds from anon, authenticated, service_role;
grant select on public.job_kinds to authenticated, service_role;
