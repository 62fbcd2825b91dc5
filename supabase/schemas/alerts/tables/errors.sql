create table public.errors (
  id bigint generated always as identity primary key,
  occurred_at timestamptz not null default now(),
  source text not null,
  code text not null,
  message text not null,
  details jsonb not null default '{}',
  constraint errors_source_is_named check (source ~ '^[a-z][a-z0-9_.-]{0,63}$'),
  constraint errors_code_is_snake_case check (code ~ '^[a-z][a-z0-9_]{0,63}$')
);
comment on table public.errors is 'Errors that nobody handled: of functions, of the schedule. What a caller did wrong is not here.';
comment on column public.errors.id is 'Order.';
comment on column public.errors.occurred_at is 'When, UTC.';
comment on column public.errors.source is 'The Edge Function or the job of cron.';
comment on column public.errors.code is 'Code for programs: internal_error, or a StoreError''s.';
comment on column public.errors.message is 'In words, at most 2,000 characters; never a key, a token or a body.';
comment on column public.errors.details is 'What is known beside it.';

create index errors_by_time on public.errors (occurred_at desc);
-- What the last one of an alert said.
create index errors_by_source on public.errors (source, code, id);

alter table public.errors enable row level security;
create policy errors_are_read_by_operators on public.errors for select to authenticated using ((select internal.may_read_operations()));
revoke all on public.errors from anon, authenticated, service_role;
grant select on public.errors to authenticated, service_role;
