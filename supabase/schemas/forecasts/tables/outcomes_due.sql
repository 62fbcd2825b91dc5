-- An inbox: what changes bars adds a row here, score_outcomes takes it out. So scoring looks at what changed, however many forecasts there are.
create table public.outcomes_due (
  id bigint generated always as identity primary key,
  symbol_id bigint not null references public.symbols (id),
  horizon text not null,
  since timestamptz not null,
  constraint outcomes_due_horizon_known check (horizon in ('1D', '4h', '8h'))
);
comment on table public.outcomes_due is 'Which forecasts score_outcomes is to look at: their bars came, were restated or went, or they came after their bars.';
comment on column public.outcomes_due.id is 'Order.';
comment on column public.outcomes_due.symbol_id is 'The symbol.';
comment on column public.outcomes_due.horizon is 'Horizon: 1D, 4h, 8h.';
comment on column public.outcomes_due.since is 'Of its forecasts those whose data_cutoff is this or later, UTC; moved on as they are scored.';

alter table public.outcomes_due enable row level security;
create policy outcomes_due_are_read_by_operators on public.outcomes_due for select to authenticated using ((select internal.may_read_operations()));
revoke all on public.outcomes_due from anon, authenticated, service_role;
grant select on public.outcomes_due to authenticated, service_role;
