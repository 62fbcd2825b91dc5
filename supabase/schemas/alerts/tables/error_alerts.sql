create table public.error_alerts (
  id bigint generated always as identity primary key,
  kind text not null,
  source text not null,
  code text not null,
  occurrences integer not null,
  first_seen_at timestamptz not null,
  last_seen_at timestamptz not null,
  opened_at timestamptz not null,
  resolved_at timestamptz,
  resolution text,
  constraint error_alerts_kind_known check (kind in ('error', 'dead_job', 'missed_slot')),
  constraint error_alerts_occurred check (occurrences > 0 and first_seen_at <= last_seen_at),
  constraint error_alerts_resolved_with_resolution check ((resolved_at is null) = (resolution is null)),
  constraint error_alerts_resolved_after_opening check (resolved_at >= opened_at)
);
comment on table public.error_alerts is
  'Alerts on errors that nobody handled, dead jobs and missed slots: one open row per kind, source and code. What they said is in errors, jobs '
  'and slot_runs.';
comment on column public.error_alerts.id is 'Order of opening.';
comment on column public.error_alerts.kind is
  'error: a row of errors, those of the schedule too. dead_job: a job that ended dead. missed_slot: a slot that no tick came for.';
comment on column public.error_alerts.source is 'The function, or cron. and the job or slot; of a dead job its kind; of a missed slot its name.';
comment on column public.error_alerts.code is 'Its code; of a slot missed.';
comment on column public.error_alerts.occurrences is 'How many were seen since it was opened, at least: one that commits late may be left out.';
comment on column public.error_alerts.first_seen_at is 'The first of them happened, UTC.';
comment on column public.error_alerts.last_seen_at is 'The last of them happened, UTC.';
comment on column public.error_alerts.opened_at is 'Opened, UTC.';
comment on column public.error_alerts.resolved_at is 'Resolved, UTC; null while open.';
comment on column public.error_alerts.resolution is 'Why it was resolved.';

create unique index error_alerts_one_open on public.error_alerts (kind, source, code) where resolved_at is null;
create index error_alerts_latest on public.error_alerts (kind, source, code, last_seen_at);
create index error_alerts_by_resolution on public.error_alerts (resolved_at);

alter table public.error_alerts enable row level security;
create policy error_alerts_are_read_by_operators on public.error_alerts for select to authenticated using ((select internal.may_read_operations()));
revoke all on public.error_alerts from anon, authenticated, service_role;
grant select on public.error_alerts to authenticated, service_role;
