create table public.schedule_ticks (
  job text primary key,
  minutes text not null,
  every interval not null,
  calls text not null,
  description text not null,
  constraint schedule_ticks_job_is_snake_case check (job ~ '^[a-z][a-z0-9_]*$'),
  constraint schedule_ticks_calls_a_function check (calls ~ '^[a-z][a-z0-9_]*$'),
  constraint schedule_ticks_come_within_the_hour check (every between '1 minute' and '1 hour')
);
comment on table public.schedule_ticks is 'What cron does every few minutes, at any hour. Each tick is a row of cron_ticks.';
comment on column public.schedule_ticks.job is 'Name; its cron job is plumbline- and the name, with hyphens.';
comment on column public.schedule_ticks.minutes is 'The minutes of an hour at which it ticks, as the first field of a cron schedule.';
comment on column public.schedule_ticks.every is 'The time between two ticks.';
comment on column public.schedule_ticks.calls is
  'The function of schema internal that does it: (p_now timestamptz) returns jsonb, what became of it.';
comment on column public.schedule_ticks.description is 'What it does.';

alter table public.schedule_ticks enable row level security;
create policy schedule_ticks_are_read_by_operators on public.schedule_ticks for select to authenticated using ((select internal.may_read_operations()));
revoke all on public.schedule_ticks from anon, authenticated, service_role;
grant select on public.schedule_ticks to authenticated, service_role;
