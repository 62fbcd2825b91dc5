create table public.rollout_symbols (
  rollout_id bigint not null references public.rollouts (id),
  symbol_id bigint not null,
  symbol text not null,
  stage text not null,
  horizons text[] not null,
  ensemble text not null default 'candidate',
  joined_at timestamptz not null default now(),
  primary key (rollout_id, symbol_id),
  constraint rollout_symbols_symbol_is_the_ids foreign key (symbol_id, symbol) references public.symbols (id, symbol) on update cascade,
  constraint rollout_symbols_stage_known check (stage in ('canary', 'limited', 'full')),
  constraint rollout_symbols_horizons_known check (horizons <@ array['1D', '4h', '8h'] and cardinality(horizons) > 0),
  constraint rollout_symbols_ensemble_known check (ensemble in ('candidate', 'baseline'))
);
comment on table public.rollout_symbols is 'The symbols that a rollout has reached: one row each; every other symbol is served by the baseline. '
  'One that ends leaves (event symbol_left).';
comment on column public.rollout_symbols.rollout_id is 'The rollout.';
comment on column public.rollout_symbols.symbol_id is 'The symbol.';
comment on column public.rollout_symbols.symbol is 'Its ticker.';
comment on column public.rollout_symbols.stage is 'The stage at which it joined.';
comment on column public.rollout_symbols.horizons is 'The horizons that the candidate is forecast and served on; later stages add to them.';
comment on column public.rollout_symbols.ensemble is 'What serves it on those horizons: candidate, or baseline after a rollback.';
comment on column public.rollout_symbols.joined_at is 'Joined, UTC.';

create index rollout_symbols_by_symbol on public.rollout_symbols (symbol_id, symbol);

alter table public.rollout_symbols enable row level security;
create policy rollout_symbols_are_read_by_users on public.rollout_symbols for select to authenticated using (true);
revoke all on public.rollout_symbols from anon, authenticated, service_role;
grant select on public.rollout_symbols to authenticated, service_role;
