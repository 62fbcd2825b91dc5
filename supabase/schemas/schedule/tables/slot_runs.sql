create table public.slot_runs (
  slot text not null references public.schedule_slots (slot),
  slot_date date not null,
  local_time time not null,
  due_at timestamptz not null,
  status text not null,
  reason text,
  result jsonb,
  attempts smallint not null default 1,
  made_up boolean not null default false,
  started_at timestamptz not null,
  finished_at timestamptz not null,
  primary key (slot, slot_date, local_time),
  constraint slot_runs_status_known check (status in ('done', 'unfinished', 'skipped', 'missed', 'failed')),
  constraint slot_runs_not_done_has_reason check (status = 'done' or reason is not null),
  constraint slot_runs_attempts_are_positive check (attempts >= 1),
  constraint slot_runs_end_after_they_began check (finished_at >= started_at)
);
comment on table public.slot_runs is 'What became of each slot: one row per slot, date and time in New York.';
comment on column public.slot_runs.slot is 'The slot.';
comment on column public.slot_runs.slot_date is 'The date in New York.';
comment on column public.slot_runs.local_time is 'The time of day in New York that it was due.';
comment on column public.slot_runs.due_at is 'The same as an instant, UTC.';
comment on column public.slot_runs.status is
  'done; unfinished: it stopped for the time it took, or was noticed not to be done, and goes on within a minute; skipped: there was nothing to do that day, the reason '
  'says why; missed: no tick came and it was too late to make up for it; failed: what it called raised an error, and its effects were undone.';
comment on column public.slot_runs.reason is 'The holiday, the pause, or the error; of a slot that was made up for, how late.';
comment on column public.slot_runs.result is 'What the call returned.';
comment on column public.slot_runs.attempts is 'How often it was tried.';
comment on column public.slot_runs.made_up is 'Whether it ran because reconcile noticed that its tick had not come, or had failed.';
comment on column public.slot_runs.started_at is 'Begun, UTC; of one whose tick did not come or failed: when reconcile noticed.';
comment on column public.slot_runs.finished_at is 'Ended, UTC.';

create index slot_runs_by_due on public.slot_runs (due_at desc);

alter table public.slot_runs enable row level security;
create policy slot_runs_are_read_by_operators on public.slot_runs for select to authenticated using ((select internal.may_read_operations()));
revoke all on public.slot_runs from anon, authenticated, service_role;
grant select on public.slot_runs to authenticated, service_role;
