create table public.ensemble_weights (
  id bigint generated always as identity primary key,
  symbol_id bigint not null,
  symbol text not null,
  horizon text not null,
  ensemble text not null,
  config_hash text not null,
  data_cutoff timestamptz not null,
  method text not null,
  weights jsonb not null,
  samples integer not null,
  span_days integer not null,
  reason_code text,
  reason text,
  run_id uuid references public.runs (id) on delete set null,
  created_at timestamptz not null default now(),
  constraint ensemble_weights_symbol_is_the_ids foreign key (symbol_id, symbol) references public.symbols (id, symbol) on update cascade,
  constraint ensemble_weights_horizon_known check (horizon in ('1D', '4h', '8h')),
  constraint ensemble_weights_ensemble_known check (ensemble in ('candidate', 'baseline')),
  constraint ensemble_weights_method_known check (method in ('calibrated', 'preset')),
  constraint ensemble_weights_sum_to_one check (internal.are_weights(weights)),
  constraint ensemble_weights_counts_are_counts check (samples >= 0 and span_days >= 0),
  constraint ensemble_weights_are_learned_from_enough check (method = 'preset' or (samples >= 100 and span_days >= 30)),
  constraint ensemble_weights_reason_known check (
    reason_code in ('too_few_samples', 'too_short_span', 'divergence', 'overfitting', 'implausible_skill')
  ),
  constraint ensemble_weights_preset_has_its_reason check (
    (method = 'preset') = (reason_code is not null) and (reason_code is null) = (reason is null)
    and (reason is null or reason <> '')
  ),
  constraint ensemble_weights_one_a_cutoff unique (symbol_id, horizon, ensemble, config_hash, data_cutoff)
);
comment on table public.ensemble_weights is
  'Members'' weights of forecasts whose configuration asks for calibrated ones: learned, or the preset with the reason.';
comment on column public.ensemble_weights.id is 'Surrogate key.';
comment on column public.ensemble_weights.symbol_id is 'The symbol.';
comment on column public.ensemble_weights.symbol is 'Its ticker, so that a reader needs no join.';
comment on column public.ensemble_weights.horizon is 'Horizon: 1D, 4h, 8h.';
comment on column public.ensemble_weights.ensemble is 'candidate or baseline.';
comment on column public.ensemble_weights.config_hash is 'Configuration that asked for calibrated weights.';
comment on column public.ensemble_weights.data_cutoff is 'bar_time of the last bar that the weights were learned from, UTC; the forecast''s.';
comment on column public.ensemble_weights.method is 'calibrated: learned from realised scores. preset: the configuration''s, for the reason given.';
comment on column public.ensemble_weights.weights is 'Weight by member; between 0 and 1, summing to 1.';
comment on column public.ensemble_weights.samples is 'Scored forecasts that were there to learn from; at least 100 for calibrated weights.';
comment on column public.ensemble_weights.span_days is 'Calendar days that they span; at least 30 for calibrated weights.';
comment on column public.ensemble_weights.reason_code is
  'Why the preset: too_few_samples, too_short_span, divergence (above the level warning), overfitting, implausible_skill. Null for calibrated weights.';
comment on column public.ensemble_weights.reason is 'The same in a sentence with its figures.';
comment on column public.ensemble_weights.run_id is 'Run that decided them.';
comment on column public.ensemble_weights.created_at is 'Stored, UTC.';

create index ensemble_weights_by_run on public.ensemble_weights (run_id);

alter table public.ensemble_weights enable row level security;
create policy ensemble_weights_are_read_by_users on public.ensemble_weights for select to authenticated using (true);
revoke all on public.ensemble_weights from anon, authenticated, service_role;
grant select on public.ensemble_weights to authenticated, service_role;
