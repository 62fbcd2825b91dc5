create table public.rollout_events (
  id bigint generated always as identity primary key,
  rollout_id bigint references public.rollouts (id),
  happened_at timestamptz not null default now(),
  kind text not null,
  stage text,
  actor text not null,
  reason text not null,
  figures jsonb not null default '{}',
  subject text,
  constraint rollout_events_kind_known check (kind in (
    'deployed', 'evaluated', 'promoted', 'completed', 'rolled_back', 'extended', 'approved', 'note', 'kill_switch_on', 'kill_switch_off',
    'trigger', 'forecast_missing', 'bars_missing', 'job_dead', 'error', 'health_captured', 'secrets_written', 'symbol_left')),
  constraint rollout_events_stage_known check (stage in ('canary', 'limited', 'full')),
  constraint rollout_events_actor_is_named check (btrim(actor) <> '' and length(actor) <= 200),
  constraint rollout_events_reason_is_given check (btrim(reason) <> '')
);
comment on table public.rollout_events is 'The canary log: who, when, why, on which figures. Append-only: a row once written stays, but for a ticker that is renamed.';
comment on column public.rollout_events.id is 'Order.';
comment on column public.rollout_events.rollout_id is 'The rollout; null for what concerns none.';
comment on column public.rollout_events.happened_at is 'When, UTC.';
comment on column public.rollout_events.kind is
  'deployed, promoted, completed, rolled_back, extended, approved, note, kill_switch_on, kill_switch_off: an operator''s act, or an '
  'automatic one. evaluated: the verdict changed. trigger: something that rolls back was met. forecast_missing, bars_missing, job_dead, '
  'error: what was noticed. health_captured: durations of queries taken by deploy. secrets_written: Vault secrets, by name. '
  'symbol_left: a symbol, or horizons of it, that ended and are not judged any more.';
comment on column public.rollout_events.stage is 'The stage at that time.';
comment on column public.rollout_events.actor is 'Who: a person''s name, or automatic.';
comment on column public.rollout_events.reason is 'Why, or what happened, in words.';
comment on column public.rollout_events.figures is 'On which figures.';
comment on column public.rollout_events.subject is 'What a noticed thing is about, so that it is recorded once: AAPL 1D 2026-11-20.';

create unique index rollout_events_noticed_once on public.rollout_events (rollout_id, kind, subject) where subject is not null;
create index rollout_events_by_time on public.rollout_events (happened_at desc);
create index rollout_events_by_kind on public.rollout_events (kind, rollout_id, id);

create trigger rollout_events_are_append_only before update or delete on public.rollout_events
for each row execute function internal.refuse_change();

create trigger rollout_events_are_never_emptied before truncate on public.rollout_events
for each statement execute function internal.refuse_change();

alter table public.rollout_events enable row level security;
create policy rollout_events_are_read_by_operators on public.rollout_events for select to authenticated using ((select internal.may_read_operations()));
revoke all on public.rollout_events from anon, authenticated, service_role;
grant select on public.rollout_events to authenticated, service_role;
