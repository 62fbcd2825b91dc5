-- Made from supabase/schemas by npm run build:migrations.

-- A function may name what is made after it.
set check_function_bodies = off;

-- validation/tables/ensemble_validation_metrics.sql
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
    references public.symbols (id, symbol),
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

-- validation/tables/overfitting_tests.sql
-- The companion of ensemble_validation_metrics: what the overfitting tests found in each window, with reasons.
create table public.overfitting_tests (
  metrics_id bigint primary key references public.ensemble_validation_metrics (id) on delete cascade,
  run_id uuid references public.runs (id) on delete set null,
  ensemble text not null,
  config_hash text not null,
  code_version text not null,
  data_cutoff timestamptz not null,
  first_bar_time timestamptz not null,
  last_bar_time timestamptz not null,
  benchmark_train_rmse double precision not null,
  benchmark_val_rmse double precision not null,
  benchmark_test_rmse double precision not null,
  train_crps double precision not null,
  val_crps double precision not null,
  test_crps double precision not null,
  benchmark_train_crps double precision not null,
  benchmark_val_crps double precision not null,
  benchmark_test_crps double precision not null,
  rmse_divergence double precision not null,
  crps_divergence double precision not null,
  level text not null,
  selection_gap double precision not null,
  selection_gap_p double precision not null,
  selection_gap_crps double precision not null,
  selection_gap_crps_p double precision not null,
  fit_optimism double precision not null,
  fit_optimism_p double precision not null,
  fit_optimism_crps double precision not null,
  fit_optimism_crps_p double precision not null,
  backtest_overfitting_probability double precision,
  trials integer not null,
  implausible_skill boolean not null,
  volatility_shift double precision not null,
  raw_divergence double precision not null,
  base_rate double precision,
  coverage jsonb not null,
  verdict text not null,
  reasons text[] not null,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  selection_bias double precision,
  foresight_mean double precision,
  foresight_scale double precision,
  constraint overfitting_tests_ensemble_known check (ensemble in ('candidate', 'baseline')),
  constraint overfitting_tests_level_known check (level in ('normal', 'warning', 'overfitting', 'critical')),
  constraint overfitting_tests_verdict_known check (verdict in ('ok', 'overfitting', 'implausible')),
  constraint overfitting_tests_implausible_is_said check ((verdict = 'implausible') = implausible_skill),
  constraint overfitting_tests_verdict_has_reasons check ((verdict = 'ok') = (cardinality(reasons) = 0)),
  constraint overfitting_tests_p_values_are_probabilities check (
    selection_gap_p between 0 and 1 and selection_gap_crps_p between 0 and 1
    and fit_optimism_p between 0 and 1 and fit_optimism_crps_p between 0 and 1
    and (backtest_overfitting_probability is null or backtest_overfitting_probability between 0 and 1)
  ),
  constraint overfitting_tests_benchmarks_are_positive check (
    benchmark_train_rmse > 0 and benchmark_val_rmse > 0 and benchmark_test_rmse > 0
    and benchmark_train_crps > 0 and benchmark_val_crps > 0 and benchmark_test_crps > 0
  ),
  constraint overfitting_tests_divergences_are_worsenings check (rmse_divergence >= 0 and crps_divergence >= 0),
  constraint overfitting_tests_probability_needs_trials check (
    backtest_overfitting_probability is null or trials >= 8
  ),
  constraint overfitting_tests_times_are_ordered check (first_bar_time < data_cutoff and data_cutoff < last_bar_time),
  constraint overfitting_tests_base_rate_is_a_share check (base_rate between 0 and 1),
  constraint overfitting_tests_foresight_is_a_correlation check (
    foresight_mean between -1 and 1 and foresight_scale between -1 and 1
  )
);
comment on table public.overfitting_tests is
  'One row per row of ensemble_validation_metrics: what every overfitting test found, the benchmarks, and the reasons of the verdict.';
comment on column public.overfitting_tests.metrics_id is 'The metrics row.';
comment on column public.overfitting_tests.run_id is 'The run that validated the window.';
comment on column public.overfitting_tests.ensemble is 'candidate or baseline.';
comment on column public.overfitting_tests.config_hash is 'Configuration it was validated with.';
comment on column public.overfitting_tests.code_version is 'Version of the code that validated it.';
comment on column public.overfitting_tests.data_cutoff is 'bar_time of the last bar before test, UTC.';
comment on column public.overfitting_tests.first_bar_time is 'bar_time of the window''s first bar, UTC.';
comment on column public.overfitting_tests.last_bar_time is 'bar_time of the window''s last test bar, UTC.';
comment on column public.overfitting_tests.benchmark_train_rmse is 'RMSE of no change on train; a fraction.';
comment on column public.overfitting_tests.benchmark_val_rmse is 'RMSE of no change on validation; a fraction.';
comment on column public.overfitting_tests.benchmark_test_rmse is 'RMSE of no change on test; a fraction.';
comment on column public.overfitting_tests.train_crps is 'Mean CRPS on train; log return.';
comment on column public.overfitting_tests.val_crps is 'Mean CRPS on validation; log return.';
comment on column public.overfitting_tests.test_crps is 'Mean CRPS on test; log return.';
comment on column public.overfitting_tests.benchmark_train_crps is 'Mean CRPS of filtered historical simulation on train; log return.';
comment on column public.overfitting_tests.benchmark_val_crps is 'Mean CRPS of filtered historical simulation on validation; log return.';
comment on column public.overfitting_tests.benchmark_test_crps is 'Mean CRPS of filtered historical simulation on test; log return.';
comment on column public.overfitting_tests.rmse_divergence is 'Divergence of the RMSE relative to no change; a fraction.';
comment on column public.overfitting_tests.crps_divergence is 'Divergence of the CRPS relative to filtered historical simulation; a fraction.';
comment on column public.overfitting_tests.level is 'normal, warning, overfitting or critical: by divergence and the setting divergence_levels.';
comment on column public.overfitting_tests.selection_gap is
  'Mean standardised difference of squared errors to no change, test minus validation; positive is worse.';
comment on column public.overfitting_tests.selection_gap_p is 'One-sided p value with HAC standard errors.';
comment on column public.overfitting_tests.selection_gap_crps is
  'The same of the CRPS to filtered historical simulation.';
comment on column public.overfitting_tests.selection_gap_crps_p is 'One-sided p value with HAC standard errors.';
comment on column public.overfitting_tests.fit_optimism is 'The same, validation minus train.';
comment on column public.overfitting_tests.fit_optimism_p is 'One-sided p value with HAC standard errors.';
comment on column public.overfitting_tests.fit_optimism_crps is 'As selection_gap_crps, validation minus train.';
comment on column public.overfitting_tests.fit_optimism_crps_p is 'One-sided p value with HAC standard errors.';
comment on column public.overfitting_tests.backtest_overfitting_probability is
  'Probability of backtest overfitting over the tuning trials (CSCV); null below 8 trials.';
comment on column public.overfitting_tests.trials is 'Configurations among which tuning chose.';
comment on column public.overfitting_tests.implausible_skill is
  'RMSE below 0.98 of no change on test, CRPS below 0.96 of filtered historical simulation on validation and test, or foresight of the mean '
  'above 0.3 or of the scale above 0.38: a leak until shown otherwise.';
comment on column public.overfitting_tests.volatility_shift is 'RMSE of no change, test over validation; reported, never an alarm.';
comment on column public.overfitting_tests.raw_divergence is
  '|val_rmse - test_rmse| / val_rmse; kept for comparison only: it mistakes changing volatility for overfitting.';
comment on column public.overfitting_tests.base_rate is
  'Share of test bars with a positive return: what always saying "up" would have had. Null when no bar moved.';
comment on column public.overfitting_tests.coverage is 'Share of test bars inside the 50, 80, 90 and 95 % intervals, by level.';
comment on column public.overfitting_tests.verdict is 'implausible (too good to be true), else overfitting (as is_overfitting of the metrics row), else ok.';
comment on column public.overfitting_tests.reasons is 'Why, one sentence each; empty when ok.';
comment on column public.overfitting_tests.created_at is 'First stored, UTC.';
comment on column public.overfitting_tests.updated_at is 'Last stored, UTC.';
comment on column public.overfitting_tests.selection_bias is
  'Gap of CRPS that choosing the best of the trials makes by itself, in volatilities; null below 8 trials, or from an earlier version.';
comment on column public.overfitting_tests.foresight_mean is
  'Rank correlation, -1 to 1, of the mean less the benchmark''s with the return that came, over validation and test; null from an earlier version.';
comment on column public.overfitting_tests.foresight_scale is
  'The same of the scale over the benchmark''s with the size of the return.';

create index overfitting_tests_by_run on public.overfitting_tests (run_id);

create trigger overfitting_tests_touch before update on public.overfitting_tests
for each row execute function internal.touch_updated_at();

alter table public.overfitting_tests enable row level security;
create policy overfitting_tests_are_read_by_users on public.overfitting_tests for select to authenticated using (true);
revoke all on public.overfitting_tests from anon, authenticated, service_role;
grant select on public.overfitting_tests to authenticated, service_role;

-- validation/functions/current_windows.sql
create or replace function public.current_windows(p_symbol text, p_horizon text, p_windows integer default null) returns bigint[]
language plpgsql stable security definer set search_path = ''
as $$
declare
  v_step integer := (internal.window_sizes(p_horizon) ->> 'step')::integer;
  v_count integer := coalesce(p_windows, (internal.setting('validation_windows') #>> '{}')::integer);
  v_symbol_id bigint;
  v_hash text;
  v_latest integer;
begin
  select s.id into v_symbol_id from public.symbols s where s.symbol = p_symbol;
  select e.config_hash into v_hash from internal.serving_ensemble(v_symbol_id, p_horizon) e;
  if p_windows is null then
    select max(w.window_id) into v_latest
    from public.vw_valid_windows w
    where w.symbol_id = v_symbol_id and w.horizon = p_horizon and w.config_hash = v_hash;
  else
    select count(*) - 1 into v_latest
    from public.bars b where b.symbol_id = v_symbol_id and b.timeframe = internal.timeframe_of(p_horizon);
  end if;
  return (
    select coalesce(array_agg(w.metrics_id order by w.window_id), '{}')
    from public.vw_valid_windows w
    where w.symbol_id = v_symbol_id and w.horizon = p_horizon and w.config_hash = v_hash
      and (v_latest - w.window_id) % v_step = 0 and (v_latest - w.window_id) / v_step between 0 and v_count - 1
      and w.window_id <= v_latest);
end
$$;
comment on function public.current_windows(text, text, integer) is
  'Ids of the latest validated windows of the ensemble that serves, on the bars as they are stored now, oldest first: p_windows from the '
  'latest bar on, or (null) as many as setting validation_windows says from the latest validated one. Each a step before the next.';
revoke execute on function public.current_windows(text, text, integer) from public, anon, authenticated;
grant execute on function public.current_windows(text, text, integer) to service_role;

-- validation/functions/latest_window.sql
create or replace function public.latest_window(p_symbol text, p_horizon text, p_config_hash text) returns jsonb
language sql stable security definer set search_path = ''
as $$
  select jsonb_build_object('window_id', m.window_id, 'divergence', m.divergence, 'verdict', o.verdict)
  from public.symbols s
  join public.vw_valid_windows w on w.symbol_id = s.id and w.horizon = p_horizon and w.config_hash = p_config_hash
  join public.ensemble_validation_metrics m on m.id = w.metrics_id
  join public.overfitting_tests o on o.metrics_id = m.id
  where s.symbol = p_symbol
  order by m.window_id desc
  limit 1
$$;
comment on function public.latest_window(text, text, text) is
  'The latest window validated with a configuration whose bars are still the stored ones: {window_id, divergence, verdict}; null without one. '
  'What a forecast''s calibrated weights are reverted by.';
revoke execute on function public.latest_window(text, text, text) from public, anon, authenticated;
grant execute on function public.latest_window(text, text, text) to service_role;

-- validation/functions/store_validation.sql
create or replace function internal.store_validation(p_run_id uuid, p_metrics jsonb, p_tests jsonb) returns bigint
language plpgsql set search_path = ''
as $$
declare
  m public.ensemble_validation_metrics;
  t public.overfitting_tests;
begin
  m := jsonb_populate_record(null::public.ensemble_validation_metrics, p_metrics);
  t := jsonb_populate_record(null::public.overfitting_tests, p_tests);
  select s.id into strict m.symbol_id from public.symbols s where s.symbol = m.symbol;

  insert into public.ensemble_validation_metrics as e (
    symbol_id, symbol, horizon, validation_date, window_id, train_rmse, val_rmse, test_rmse, divergence,
    divergence_threshold, is_overfitting, model_count, models_used, n_train_samples, n_val_samples, n_test_samples,
    data_span_days, hyperparameters, directional_accuracy, mean_absolute_error, trained_at)
  values (
    m.symbol_id, m.symbol, m.horizon, m.validation_date, m.window_id, m.train_rmse, m.val_rmse, m.test_rmse, m.divergence,
    m.divergence_threshold, m.is_overfitting, m.model_count, m.models_used, m.n_train_samples, m.n_val_samples,
    m.n_test_samples, m.data_span_days, m.hyperparameters, m.directional_accuracy, m.mean_absolute_error, m.trained_at)
  on conflict (symbol, horizon, window_id, (hyperparameters ->> 'config_hash')) do update set
    validation_date = excluded.validation_date, train_rmse = excluded.train_rmse, val_rmse = excluded.val_rmse,
    test_rmse = excluded.test_rmse, divergence = excluded.divergence,
    divergence_threshold = excluded.divergence_threshold, is_overfitting = excluded.is_overfitting,
    model_count = excluded.model_count, models_used = excluded.models_used, n_train_samples = excluded.n_train_samples,
    n_val_samples = excluded.n_val_samples, n_test_samples = excluded.n_test_samples,
    data_span_days = excluded.data_span_days, hyperparameters = excluded.hyperparameters,
    directional_accuracy = excluded.directional_accuracy, mean_absolute_error = excluded.mean_absolute_error,
    trained_at = excluded.trained_at
  returning e.id into strict m.id;

  -- The companion is written anew whole: a repeated window has one set of findings, its last.
  delete from public.overfitting_tests o where o.metrics_id = m.id;
  insert into public.overfitting_tests (
    metrics_id, run_id, ensemble, config_hash, code_version, data_cutoff, first_bar_time, last_bar_time,
    benchmark_train_rmse, benchmark_val_rmse, benchmark_test_rmse, train_crps, val_crps, test_crps,
    benchmark_train_crps, benchmark_val_crps, benchmark_test_crps, rmse_divergence, crps_divergence, level,
    selection_gap, selection_gap_p, selection_gap_crps, selection_gap_crps_p,
    fit_optimism, fit_optimism_p, fit_optimism_crps, fit_optimism_crps_p, backtest_overfitting_probability, trials,
    selection_bias, foresight_mean, foresight_scale, implausible_skill, volatility_shift, raw_divergence, base_rate, coverage, verdict, reasons)
  values (
    m.id, p_run_id, t.ensemble, t.config_hash, t.code_version, t.data_cutoff, t.first_bar_time, t.last_bar_time,
    t.benchmark_train_rmse, t.benchmark_val_rmse, t.benchmark_test_rmse, t.train_crps, t.val_crps, t.test_crps,
    t.benchmark_train_crps, t.benchmark_val_crps, t.benchmark_test_crps, t.rmse_divergence, t.crps_divergence, t.level,
    t.selection_gap, t.selection_gap_p, t.selection_gap_crps, t.selection_gap_crps_p,
    t.fit_optimism, t.fit_optimism_p, t.fit_optimism_crps, t.fit_optimism_crps_p, t.backtest_overfitting_probability, t.trials,
    t.selection_bias, t.foresight_mean, t.foresight_scale, t.implausible_skill, t.volatility_shift, t.raw_divergence, t.base_rate, t.coverage, t.verdict, t.reasons);
  return m.id;
end
$$;
comment on function internal.store_validation(uuid, jsonb, jsonb) is
  'Stores a validated window: its metrics row and the companion, both as JSON; a repeated window updates its row.';
revoke execute on function internal.store_validation(uuid, jsonb, jsonb) from public;

-- validation/functions/store_window_result.sql
create or replace function internal.store_window_result(p_job public.jobs, p_result jsonb) returns jsonb
language plpgsql set search_path = ''
as $$
begin
  perform internal.store_validation(p_job.run_id, p_result -> 'metrics', p_result -> 'tests');
  return null;
end
$$;
comment on function internal.store_window_result(public.jobs, jsonb) is 'Stores what a validate_window job found: {metrics, tests}.';
revoke execute on function internal.store_window_result(public.jobs, jsonb) from public;

-- validation/functions/window_sizes.sql
create or replace function internal.window_sizes(p_horizon text) returns jsonb
language sql stable set search_path = ''
as $$
  select internal.setting('window_sizes') -> p_horizon
$$;
comment on function internal.window_sizes(text) is 'Sizes {train, validation, test, step} in bars; null when the horizon is not offered.';
revoke execute on function internal.window_sizes(text) from public;

-- validation/views/vw_divergence_trends.sql
create or replace view public.vw_divergence_trends with (security_invoker = true) as
select
  d.*,
  d.mean_divergence - lag(d.mean_divergence) over (partition by d.symbol, d.horizon order by d.validation_day)
    as change_of_mean
from (
  select
    m.symbol,
    m.horizon,
    (m.validation_date at time zone 'UTC')::date as validation_day,
    count(*)::integer as windows,
    count(*) filter (where m.is_overfitting)::integer as overfitting_windows,
    avg(m.divergence) as mean_divergence,
    max(m.divergence) as max_divergence,
    avg(m.test_rmse) as mean_test_rmse
  from public.ensemble_validation_metrics m
  group by m.symbol, m.horizon, (m.validation_date at time zone 'UTC')::date
) d
order by d.symbol, d.horizon, d.validation_day;
comment on view public.vw_divergence_trends is
  'Divergence by symbol, horizon and day of validation (UTC): windows, how many overfit, mean and largest divergence, and the change since the day before.';
comment on column public.vw_divergence_trends.symbol is 'Ticker.';
comment on column public.vw_divergence_trends.horizon is 'Horizon.';
comment on column public.vw_divergence_trends.validation_day is 'Day of validation, UTC.';
comment on column public.vw_divergence_trends.windows is 'Windows validated that day.';
comment on column public.vw_divergence_trends.overfitting_windows is 'How many of them overfit.';
comment on column public.vw_divergence_trends.mean_divergence is 'Mean divergence; a fraction.';
comment on column public.vw_divergence_trends.max_divergence is 'Largest divergence; a fraction.';
comment on column public.vw_divergence_trends.mean_test_rmse is 'Mean RMSE on test; a fraction.';
comment on column public.vw_divergence_trends.change_of_mean is 'Mean divergence less that of the day of validation before; null on the first.';

revoke all on public.vw_divergence_trends from anon, authenticated, service_role;
grant select on public.vw_divergence_trends to authenticated, service_role;

-- validation/views/vw_model_performance.sql
create or replace view public.vw_model_performance with (security_invoker = true) as
select
  p.*,
  p.rmse / nullif(p.no_change_rmse, 0) as rmse_to_no_change
from (
  select
    f.symbol,
    f.horizon,
    f.ensemble,
    f.config_hash,
    m.model,
    count(*)::integer as n,
    max(o.outcome_time) as last_outcome_time,
    avg(m.weight) as mean_weight,
    sqrt(avg((m.mean - o.realised_return) * (m.mean - o.realised_return))) as rmse,
    sqrt(avg(o.realised_return * o.realised_return)) as no_change_rmse,
    avg(m.mean - o.realised_return) as mean_error,
    avg(((m.probability_up >= 0.5) = (o.realised_return > 0))::integer) filter (where o.realised_return <> 0)::double precision
      as directional_accuracy,
    avg((o.realised_return > 0)::integer) filter (where o.realised_return <> 0)::double precision as base_rate,
    avg(o.crps) filter (where m.model = 'ensemble') as mean_crps,
    avg(o.covered_90::integer) filter (where m.model = 'ensemble')::double precision as coverage_90
  from public.forecasts f
  join public.forecast_outcomes o on o.forecast_id = f.id
  cross join lateral (
    select 'ensemble' as model, null::double precision as weight, f.forecast_return as mean, f.probability_up
    union all
    select x.part ->> 'name', (x.part ->> 'weight')::double precision, (x.part ->> 'mean')::double precision,
      (x.part ->> 'probability_up')::double precision
    from jsonb_array_elements(f.members) x(part)
    where x.part ->> 'mean' is not null
  ) m
  group by f.symbol_id, f.symbol, f.horizon, f.ensemble, f.config_hash, m.model
) p;
comment on view public.vw_model_performance is
  'How ensembles and each of their members forecast what came true, by symbol, horizon and configuration. Measured on outcomes only: of a '
  'member''s distribution the mean and the probability of a rise are stored, so it has no CRPS and no coverage.';
comment on column public.vw_model_performance.symbol is 'Ticker.';
comment on column public.vw_model_performance.horizon is 'Horizon.';
comment on column public.vw_model_performance.ensemble is 'candidate or baseline.';
comment on column public.vw_model_performance.config_hash is 'Its configuration.';
comment on column public.vw_model_performance.model is 'ensemble, or the member: LSTM, ARIMA_GARCH, GB, TRANSFORMER.';
comment on column public.vw_model_performance.n is 'Forecasts of it that have come true.';
comment on column public.vw_model_performance.last_outcome_time is 'bar_time of the last one''s outcome, UTC.';
comment on column public.vw_model_performance.mean_weight is 'The member''s mean weight; null for the ensemble.';
comment on column public.vw_model_performance.rmse is 'RMSE of its mean, of log returns; a fraction.';
comment on column public.vw_model_performance.no_change_rmse is 'The same of forecasting no change.';
comment on column public.vw_model_performance.mean_error is 'Mean of forecast less realised return.';
comment on column public.vw_model_performance.directional_accuracy is 'Share of the sessions with a move whose sign was the likelier one; compare with base_rate.';
comment on column public.vw_model_performance.base_rate is 'Share of them that rose.';
comment on column public.vw_model_performance.mean_crps is 'Mean CRPS, a log return; null for a member.';
comment on column public.vw_model_performance.coverage_90 is 'Share that fell into the 90 % interval; null for a member.';
comment on column public.vw_model_performance.rmse_to_no_change is 'rmse by no_change_rmse: below 1 it beat no change.';

revoke all on public.vw_model_performance from anon, authenticated, service_role;
grant select on public.vw_model_performance to authenticated, service_role;

-- validation/views/vw_overfitting_symbols.sql
create or replace view public.vw_overfitting_symbols with (security_invoker = true) as
select
  m.symbol,
  m.horizon,
  count(*)::integer as overfitting_count,
  max(m.validation_date) as latest_validation_date,
  avg(m.divergence) as mean_divergence,
  max(m.divergence) as max_divergence
from public.ensemble_validation_metrics m
where m.is_overfitting and m.validation_date >= now() - interval '7 days'
group by m.symbol, m.horizon
order by max(m.divergence) desc, m.symbol, m.horizon;
comment on view public.vw_overfitting_symbols is
  'Symbols and horizons with overfitting windows among those validated in the last 7 days: how many, latest, mean and largest divergence.';
comment on column public.vw_overfitting_symbols.symbol is 'Ticker.';
comment on column public.vw_overfitting_symbols.horizon is 'Horizon.';
comment on column public.vw_overfitting_symbols.overfitting_count is 'Overfitting windows among those validated in the last 7 days.';
comment on column public.vw_overfitting_symbols.latest_validation_date is 'When the latest of them was validated, UTC.';
comment on column public.vw_overfitting_symbols.mean_divergence is 'Mean divergence of them; a fraction.';
comment on column public.vw_overfitting_symbols.max_divergence is 'Largest divergence of them; a fraction.';

revoke all on public.vw_overfitting_symbols from anon, authenticated, service_role;
grant select on public.vw_overfitting_symbols to authenticated, service_role;

-- validation/views/vw_rmse_against_baseline.sql
create or replace view public.vw_rmse_against_baseline with (security_invoker = true) as
select
  p.*,
  p.candidate_rmse / nullif(p.baseline_rmse, 0) as rmse_ratio,
  p.candidate_crps / nullif(p.baseline_crps, 0) as crps_ratio
from (
  select
    c.symbol,
    c.horizon,
    c.config_hash as candidate_hash,
    b.config_hash as baseline_hash,
    count(*)::integer as n,
    min(oc.outcome_time) as first_outcome_time,
    max(oc.outcome_time) as last_outcome_time,
    sqrt(avg(oc.error * oc.error)) as candidate_rmse,
    sqrt(avg(ob.error * ob.error)) as baseline_rmse,
    sqrt(avg(oc.realised_return * oc.realised_return)) as no_change_rmse,
    avg(oc.crps) as candidate_crps,
    avg(ob.crps) as baseline_crps
  from public.ensembles ec
  join public.forecasts c on c.ensemble = ec.ensemble and c.config_hash = ec.config_hash
  join public.forecast_outcomes oc on oc.forecast_id = c.id
  join public.ensembles eb on eb.ensemble = 'baseline'
  join public.forecasts b
    on b.symbol_id = c.symbol_id and b.horizon = c.horizon and b.ensemble = eb.ensemble and b.config_hash = eb.config_hash
    and b.data_cutoff = c.data_cutoff
  join public.forecast_outcomes ob on ob.forecast_id = b.id
  where ec.ensemble = 'candidate'
  group by c.symbol_id, c.symbol, c.horizon, c.config_hash, b.config_hash
) p;
comment on view public.vw_rmse_against_baseline is
  'Candidate against baseline, as they are configured now: forecasts of both from the same bar that have come true, by symbol and horizon.';
comment on column public.vw_rmse_against_baseline.symbol is 'Ticker.';
comment on column public.vw_rmse_against_baseline.horizon is 'Horizon.';
comment on column public.vw_rmse_against_baseline.candidate_hash is 'config_hash of the candidate.';
comment on column public.vw_rmse_against_baseline.baseline_hash is 'config_hash of the baseline.';
comment on column public.vw_rmse_against_baseline.n is 'Pairs of forecasts.';
comment on column public.vw_rmse_against_baseline.first_outcome_time is 'bar_time of the first one''s outcome, UTC.';
comment on column public.vw_rmse_against_baseline.last_outcome_time is 'bar_time of the last one''s outcome, UTC.';
comment on column public.vw_rmse_against_baseline.candidate_rmse is 'RMSE of the candidate''s mean, of log returns; a fraction.';
comment on column public.vw_rmse_against_baseline.baseline_rmse is 'The same of the baseline.';
comment on column public.vw_rmse_against_baseline.no_change_rmse is 'The same of forecasting no change.';
comment on column public.vw_rmse_against_baseline.candidate_crps is 'Mean CRPS of the candidate, a log return.';
comment on column public.vw_rmse_against_baseline.baseline_crps is 'The same of the baseline.';
comment on column public.vw_rmse_against_baseline.rmse_ratio is 'candidate_rmse by baseline_rmse: below 1 the candidate was better. No interval: a few pairs say little.';
comment on column public.vw_rmse_against_baseline.crps_ratio is 'candidate_crps by baseline_crps.';

revoke all on public.vw_rmse_against_baseline from anon, authenticated, service_role;
grant select on public.vw_rmse_against_baseline to authenticated, service_role;

-- validation/views/vw_valid_windows.sql
create or replace view public.vw_valid_windows with (security_invoker = true) as
select m.id as metrics_id, m.symbol_id, m.horizon, m.hyperparameters ->> 'config_hash' as config_hash, m.window_id
from public.ensemble_validation_metrics m
join public.overfitting_tests o on o.metrics_id = m.id
-- By the clock that stamps the bars, and not by validation_date, which is the worker's.
where m.updated_at >= (
    select max(b.ingested_at) from public.bars b
    where b.symbol_id = m.symbol_id and b.timeframe = internal.timeframe_of(m.horizon)
      and b.bar_time between o.first_bar_time and o.last_bar_time)
  -- The ordinal must still mean the same bar: bars put in before it move it.
  and m.window_id = (
    select count(*) - 1 from public.bars b
    where b.symbol_id = m.symbol_id and b.timeframe = internal.timeframe_of(m.horizon) and b.bar_time <= o.last_bar_time);
comment on view public.vw_valid_windows is
  'The validated windows that still stand: their bars are the ones that are stored now. Ask for one symbol, horizon and configuration.';
comment on column public.vw_valid_windows.metrics_id is 'The window''s row of ensemble_validation_metrics and of overfitting_tests.';
comment on column public.vw_valid_windows.symbol_id is 'The symbol.';
comment on column public.vw_valid_windows.horizon is 'Horizon.';
comment on column public.vw_valid_windows.config_hash is 'Hash of the configuration that was validated.';
comment on column public.vw_valid_windows.window_id is 'Ordinal of the window''s last test bar in its series.';

revoke all on public.vw_valid_windows from anon, authenticated, service_role;
grant select on public.vw_valid_windows to authenticated, service_role;
