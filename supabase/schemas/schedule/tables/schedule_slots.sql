-- What is to happen at a time of day in New York, once a date. Cron knows no time zone: it ticks at both offsets from UTC, SQL looks at
-- New York's clock, and a row of slot_runs by slot, date and time makes it once.
create table public.schedule_slots (
  slot text primary key,
  local_times time[] not null default '{}',
  after_close interval[] not null default '{}',
  days text not null,
  calls text not null,
  make_up_within interval not null,
  description text not null,
  active boolean not null default true,
  paused_because text,
  active_since timestamptz not null default now(),
  next_due_at timestamptz,
  publishes boolean not null default false,
  constraint schedule_slots_slot_is_snake_case check (slot ~ '^[a-z][a-z0-9_]*$'),
  constraint schedule_slots_times_are_times check (internal.are_slot_times(local_times, after_close)),
  constraint schedule_slots_calls_a_function check (calls ~ '^[a-z][a-z0-9_]*$'),
  constraint schedule_slots_days_known check (days in ('sessions', 'every_day')),
  -- A slot that is made up for on the next date would run twice at one time.
  constraint schedule_slots_are_made_up_within_a_day check (make_up_within between '0 minutes' and '23 hours'),
  constraint schedule_slots_paused_with_reason check (active = (paused_because is null))
);
comment on table public.schedule_slots is 'The schedule by New York''s clock: what happens when. What became of each slot is in slot_runs.';
comment on column public.schedule_slots.slot is 'Name; its cron job is plumbline- and the name, with hyphens.';
comment on column public.schedule_slots.local_times is 'Times of day in New York.';
comment on column public.schedule_slots.after_close is 'Times after the close of New York''s session: 16:00, 13:00 on a half day. On a date without a session 16:00 counts.';
comment on column public.schedule_slots.days is 'sessions: on a date on which no active symbol''s calendar has one it is recorded as skipped, with the reason. every_day: always.';
comment on column public.schedule_slots.calls is
  'The function of schema internal that does it: (p_date date, p_time time, p_now timestamptz) returns jsonb, what became of it, or '
  '{skipped: reason} when there was nothing that could be done; with more = true in it, it is called again '
  'within a minute. Date and time are the slot''s in New York.';
comment on column public.schedule_slots.make_up_within is 'How long after its time a missed or failed one is still made up for; 0 is never.';
comment on column public.schedule_slots.description is 'What it does.';
comment on column public.schedule_slots.active is 'false: paused by an operator; its times are recorded as skipped.';
comment on column public.schedule_slots.paused_because is 'Why it is paused.';
comment on column public.schedule_slots.active_since is 'Times before this are nobody''s: the slot did not exist, or had other times.';
comment on column public.schedule_slots.next_due_at is 'The earliest time of the slot that has no row yet, UTC; in the past only when a tick was missed and nobody noticed yet.';
comment on column public.schedule_slots.publishes is 'true: skipped while publishing_enabled is false.';

alter table public.schedule_slots enable row level security;
create policy schedule_slots_are_read_by_operators on public.schedule_slots for select to authenticated using ((select internal.may_read_operations()));
revoke all on public.schedule_slots from anon, authenticated, service_role;
grant select on public.schedule_slots to authenticated, service_role;
