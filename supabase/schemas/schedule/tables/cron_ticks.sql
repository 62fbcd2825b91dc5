create table public.cron_ticks (
  job text not null,
  ticked_at timestamptz not null,
  result jsonb,
  error text,
  primary key (job, ticked_at),
  constraint cron_ticks_are_minutes check (ticked_at = date_trunc('minute', ticked_at, 'UTC'))
);
comment on table public.cron_ticks is 'Ticks of the jobs that cron calls every few minutes: the proof that cron is alive, apart from its own history.';
comment on column public.cron_ticks.job is 'dispatch, alerts, reconcile, plan, continue, outcomes or retention.';
comment on column public.cron_ticks.ticked_at is 'The minute, UTC: a second tick in it does nothing.';
comment on column public.cron_ticks.result is 'What the call returned.';
comment on column public.cron_ticks.error is 'The error it raised; its effects were undone.';

create index cron_ticks_by_time on public.cron_ticks (ticked_at);

alter table public.cron_ticks enable row level security;
create policy cron_ticks_are_read_by_operators on public.cron_ticks for select to authenticated using ((select internal.may_read_operations()));
revoke all on public.cron_ticks from anon, authenticated, service_role;
grant select on public.cron_ticks to authenticated, service_role;
