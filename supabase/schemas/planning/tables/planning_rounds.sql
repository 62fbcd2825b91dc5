-- Planning goes through the symbols in order, as far as its time allows; the next call goes on from there.
create table public.planning_rounds (
  task text primary key,
  after_symbol_id bigint not null,
  planned integer not null,
  began_at timestamptz not null default now()
);
comment on table public.planning_rounds is 'Rounds of planning that are not through all symbols yet; a round that ends is deleted.';
comment on column public.planning_rounds.task is
  'What is planned: forecasts, validations (with the number of windows, where one was asked for), or that of a slot, with its date and time.';
comment on column public.planning_rounds.after_symbol_id is 'The last symbol that was planned: the next call goes on with the one after it.';
comment on column public.planning_rounds.planned is 'How much the round has planned so far.';
comment on column public.planning_rounds.began_at is 'When it began, UTC.';

alter table public.planning_rounds enable row level security;
create policy planning_rounds_are_read_by_operators on public.planning_rounds for select to authenticated using ((select internal.may_read_operations()));
revoke all on public.planning_rounds from anon, authenticated, service_role;
grant select on public.planning_rounds to authenticated, service_role;
