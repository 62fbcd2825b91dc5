create table public.artifacts (
  id bigint generated always as identity primary key,
  symbol_id bigint not null references public.symbols (id),
  horizon text not null,
  ensemble text not null,
  config_hash text not null,
  code_version text not null,
  data_cutoff timestamptz not null,
  hyperparameters jsonb not null,
  state jsonb not null,
  run_id uuid references public.runs (id) on delete set null,
  trained_at timestamptz not null default now(),
  constraint artifacts_horizon_known check (horizon in ('1D', '4h', '8h')),
  constraint artifacts_ensemble_known check (ensemble in ('candidate', 'baseline')),
  constraint artifacts_one_a_cutoff unique (symbol_id, horizon, ensemble, config_hash, code_version, data_cutoff)
);
comment on table public.artifacts is 'Fitted ensembles, from which a forecast is made without a new fit.';
comment on column public.artifacts.id is 'Surrogate key.';
comment on column public.artifacts.symbol_id is 'The symbol.';
comment on column public.artifacts.horizon is 'Horizon: 1D, 4h, 8h.';
comment on column public.artifacts.ensemble is 'candidate or baseline.';
comment on column public.artifacts.config_hash is 'Configuration it was fitted with.';
comment on column public.artifacts.code_version is 'Version of the code that fitted it.';
comment on column public.artifacts.data_cutoff is 'bar_time of the last bar the fit saw, UTC.';
comment on column public.artifacts.hyperparameters is 'What tuning chose, by member.';
comment on column public.artifacts.state is 'The fitted members, to the bit.';
comment on column public.artifacts.run_id is 'Run that fitted it.';
comment on column public.artifacts.trained_at is 'Fitted, UTC.';

create index artifacts_by_run on public.artifacts (run_id);

alter table public.artifacts enable row level security;
create policy artifacts_are_read_by_operators on public.artifacts for select to authenticated using ((select internal.may_read_operations()));
revoke all on public.artifacts from anon, authenticated, service_role;
grant select on public.artifacts to authenticated, service_role;
