create table public.query_timings (
  id bigint generated always as identity primary key,
  name text not null,
  measured_at timestamptz not null,
  duration_ms double precision not null,
  timed_out boolean not null default false,
  constraint query_timings_duration_is_one check (duration_ms >= 0 and duration_ms < 'infinity')
);
comment on table public.query_timings is 'What each monitoring query took, each time it was measured; kept as retention_days has it.';
comment on column public.query_timings.id is 'Order.';
comment on column public.query_timings.name is 'The query of monitoring_queries; claim: a claim of a job that finds none.';
comment on column public.query_timings.measured_at is 'When, UTC.';
comment on column public.query_timings.duration_ms is 'How long it took, by the database''s clock; ms.';
comment on column public.query_timings.timed_out is 'Whether it was broken off then: it takes longer.';

create index query_timings_by_time on public.query_timings (measured_at);
create index query_timings_by_name on public.query_timings (name, measured_at);

alter table public.query_timings enable row level security;
create policy query_timings_are_read_by_operators on public.query_timings for select to authenticated using ((select internal.may_read_operations()));
revoke all on public.query_timings from anon, authenticated, service_role;
grant select on public.query_timings to authenticated, service_role;
