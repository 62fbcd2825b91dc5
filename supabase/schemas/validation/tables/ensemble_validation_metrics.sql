-- Walk-forward results: one row per symbol, horizon, window and configuration.
create table public.ensemble_validation_metrics (
  id bigint generated always as identity primary key,
  symbol_id bigint not null,
  symbol text not null,
  horizon text not null,
  validation_date timestamptz not null,
  window_id integer not null,
  train_rmse double precision not null,
  val_rmse double precision not null,
  test_rmse double precision not null,
  divergence double precision not null,
  divergence_threshold double precision not null default 0.20,
  is_overfitting boolean not null,
  model_count smallint not null,
  models_used text[] not null,
  n_train_samples integer not null,
  n_val_samples integer not null,
  n_test_samples integer not null,
  data_span_days integer not null,
  hyperparameters jsonb not null,
  directional_accuracy double precision,
  mean_absolute_error double precision not null,
  trained_at timestamptz not null,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  constraint ensemble_validation_metrics_symbol_is_the_ids foreign key (symbol_id, symbol)
    references public.symbols (id, symbol) on update cascade,
  constraint ensemble_validation_metrics_horizon_known check (horizon in ('1D', '4h', '8h')),
  constraint ensemble_validation_metrics_errors_are_finite check (
    train_rmse >= 0 and val_rmse >= 0 and test_rmse >= 0 and mean_absolute_error >= 0
    and train_rmse < 'infinity' and val_rmse < 'infinity' and test_rmse < 'infinity'
    and mean_absolute_error < 'infinity'
  ),
  -- The mean of absolute values never exceeds the root of the mean of squares (both are of the test bars).
  constraint ensemble_validation_metrics_mae_fits_rmse check (mean_absolute_error <= test_rmse * 1.000001),
  constraint ensemble_validation_metrics_divergence_is_a_worsening check (divergence >= 0 and divergence < 'infinity'),
  constraint ensemble_validation_metrics_threshold_is_positive check (
    divergence_threshold > 0 and divergence_threshold < 'infinity'
  ),
  constraint ensemble_validation_metrics_above_threshold_is_overfitting check (
    divergence <= divergence_threshold or is_overfitting
  ),
  constraint ensemble_validation_metrics_models_are_counted check (
    model_count = cardinality(models_used) and model_count between 1 and 4
    and models_used <@ array['LSTM', 'ARIMA_GARCH', 'GB', 'TRANSFORMER']
    -- As many as there are different names among them.
    and model_count = ('LSTM' = any (models_used))::integer + ('ARIMA_GARCH' = any (models_used))::integer
      + ('GB' = any (models_used))::integer + ('TRANSFORMER' = any (models_used))::integer
  ),
  constraint ensemble_validation_metrics_samples_are_positive check (
    n_train_samples > 0 and n_val_samples > 0 and n_test_samples > 0 and data_span_days > 0
  ),
  constraint ensemble_validation_metrics_window_fits_the_series check (
    window_id >= n_train_samples + n_val_samples + n_test_samples - 1
  ),
  constraint ensemble_validation_metrics_accuracy_is_a_share check (directional_accuracy between 0 and 1),
  constraint ensemble_validation_metrics_configuration_is_named check (
    coalesce(hyperparameters ->> 'ensemble' in ('candidate', 'baseline'), false)
    and hyperparameters ->> 'config_hash' is not null
  )
);
comment on table public.ensemble_validation_metrics is
  'Walk-forward validation: one row per symbol, horizon, window and configuration. What the overfitting tests found is in overfitting_tests.';
comment on column public.ensemble_validation_metrics.id is 'Surrogate key.';
comment on column public.ensemble_validation_metrics.symbol_id is 'The symbol.';
comment on column public.ensemble_validation_metrics.symbol is 'Its ticker, so that a reader needs no join.';
comment on column public.ensemble_validation_metrics.horizon is 'Horizon: 1D, 4h, 8h of regular trading hours.';
comment on column public.ensemble_validation_metrics.validation_date is 'When the window was validated, by the run''s clock, UTC.';
comment on column public.ensemble_validation_metrics.window_id is
  'Ordinal of the window''s last test bar in its series; the series'' first bar is 0.';
comment on column public.ensemble_validation_metrics.train_rmse is 'RMSE of log returns on train, fit on train; a fraction.';
comment on column public.ensemble_validation_metrics.val_rmse is 'RMSE of log returns on validation, fit on train; a fraction.';
comment on column public.ensemble_validation_metrics.test_rmse is
  'RMSE of log returns on test, fit on train and validation; a fraction.';
comment on column public.ensemble_validation_metrics.divergence is
  'Worsening of the RMSE relative to no change from one part to the next, the larger of the two; a fraction, 0 where none.';
comment on column public.ensemble_validation_metrics.divergence_threshold is
  'Divergence above which the window counts as overfitting; a fraction.';
comment on column public.ensemble_validation_metrics.is_overfitting is
  'Verdict: divergence above its threshold, or a significant selection gap or fit optimism above its floor.';
comment on column public.ensemble_validation_metrics.model_count is 'Members that took part.';
comment on column public.ensemble_validation_metrics.models_used is 'Their names.';
comment on column public.ensemble_validation_metrics.n_train_samples is 'Bars of train.';
comment on column public.ensemble_validation_metrics.n_val_samples is 'Bars of validation.';
comment on column public.ensemble_validation_metrics.n_test_samples is 'Bars of test.';
comment on column public.ensemble_validation_metrics.data_span_days is 'Calendar days from the window''s first bar to its last.';
comment on column public.ensemble_validation_metrics.hyperparameters is
  'ensemble and config_hash, and what tuning chose: members and mean_factor.';
comment on column public.ensemble_validation_metrics.directional_accuracy is
  'Share of test bars whose sign was forecast; compare with overfitting_tests.base_rate, never with one half. Null when no bar moved.';
comment on column public.ensemble_validation_metrics.mean_absolute_error is 'MAE of log returns on test; a fraction.';
comment on column public.ensemble_validation_metrics.trained_at is 'When the window''s fits were done, by the run''s clock, UTC.';
comment on column public.ensemble_validation_metrics.created_at is 'First stored, UTC.';
comment on column public.ensemble_validation_metrics.updated_at is 'Last stored, UTC.';

create unique index ensemble_validation_metrics_one_a_window on public.ensemble_validation_metrics
  (symbol, horizon, window_id, (hyperparameters ->> 'config_hash'));
create index ensemble_validation_metrics_symbol_horizon on public.ensemble_validation_metrics (symbol, horizon);
create index ensemble_validation_metrics_date on public.ensemble_validation_metrics (validation_date);
create index ensemble_validation_metrics_overfitting on public.ensemble_validation_metrics
  (is_overfitting, horizon, validation_date);
create index ensemble_validation_metrics_latest on public.ensemble_validation_metrics
  (symbol, horizon, validation_date desc);
create index ensemble_validation_metrics_alarms on public.ensemble_validation_metrics
  (is_overfitting, created_at desc) where is_overfitting;

create trigger ensemble_validation_metrics_touch before update on public.ensemble_validation_metrics
for each row execute function internal.touch_updated_at();

alter table public.ensemble_validation_metrics enable row level security;
create policy ensemble_validation_metrics_are_read_by_users on public.ensemble_validation_metrics
for select to authenticated using (true);
revoke all on public.ensemble_validation_metrics from anon, authenticated, service_role;
grant select on public.ensemble_validation_metrics to authenticated, service_role;
