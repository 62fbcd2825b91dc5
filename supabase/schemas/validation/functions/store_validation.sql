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
