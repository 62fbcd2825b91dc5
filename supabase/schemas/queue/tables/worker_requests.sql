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
