-- Every request for a worker is recorded, so that no more are under way than there are places (internal.worker_places).
create table public.worker_requests (
  id bigint generated always as identity primary key,
  function_name text not null,
  requested_at timestamptz not null default now(),
  net_request_id bigint,
  claimed_at timestamptz,
  response_status integer,
  response_error text,
  alive_until timestamptz,
  ended_at timestamptz
);
comment on table public.worker_requests is
  'Requests for a run of an Edge Function that the database made through pg_net, and what is known of each: pg_net''s own record is gone '
  'after hours or a crash.';
comment on column public.worker_requests.id is 'Order of asking.';
comment on column public.worker_requests.function_name is 'The Edge Function.';
comment on column public.worker_requests.requested_at is 'Queued with pg_net, UTC; it is sent after the commit.';
comment on column public.worker_requests.net_request_id is 'pg_net''s id; null when nothing was sent: response_error says why.';
comment on column public.worker_requests.claimed_at is 'When its worker claimed its first job, UTC; null when it did not come, or found nothing left to do.';
comment on column public.worker_requests.response_status is 'HTTP status of the answer that the function relay gave, as far as reconcile came to see it.';
comment on column public.worker_requests.response_error is
  'Why there was no answer, or why the worker ended in the middle of a step: the words of pg_net, the platform or the database.';
comment on column public.worker_requests.alive_until is
  'Until when its worker is believed to be there, UTC: 20 seconds from the request, then as long as the lease of the job it claimed.';
comment on column public.worker_requests.ended_at is 'When its worker said that it had ended or was given up, UTC; null while it is under way.';

create index worker_requests_by_time on public.worker_requests (requested_at);
-- The places taken.
create index worker_requests_open on public.worker_requests (id) where ended_at is null;

alter table public.worker_requests enable row level security;
create policy worker_requests_are_read_by_operators on public.worker_requests for select to authenticated using ((select internal.may_read_operations()));
revoke all on public.worker_requests from anon, authenticated, service_role;
grant select on public.worker_requests to authenticated, service_role;
