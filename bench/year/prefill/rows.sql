-- Rows of the true shape, drawn: what a worker would have computed. The prefilled database and the simulated worker take them from here.

-- A forecast over a horizon from the bar of a cutoff, without its id; p_k chooses among the drawn distributions.
create function simulated.forecast(
  p_symbol_id bigint, p_symbol text, p_horizon text, p_ensemble public.ensembles, p_cutoff timestamptz, p_target timestamptz, p_close double precision,
  p_issued_at timestamptz, p_k bigint
) returns public.forecasts
language plpgsql stable
as $$
declare
  v public.forecasts;
  t simulated.template;
begin
  select * into strict t from simulated.template x where x.k = p_k % 200;
  v.symbol_id := p_symbol_id;
  v.symbol := p_symbol;
  v.horizon := p_horizon;
  v.ensemble := p_ensemble.ensemble;
  v.config_hash := p_ensemble.config_hash;
  v.code_version := t.code_version;
  v.data_cutoff := p_cutoff;
  v.target_time := p_target;
  v.issued_at := p_issued_at;
  v.last_close := p_close;
  v.forecast_return := t.mean;
  v.forecast_price := p_close * exp(t.quantiles[100]);
  v.scale := t.scale;
  v.probability_up := t.probability_up;
  v.lower_50 := p_close * exp(t.quantiles[50]);
  v.upper_50 := p_close * exp(t.quantiles[150]);
  v.lower_80 := p_close * exp(t.quantiles[20]);
  v.upper_80 := p_close * exp(t.quantiles[180]);
  v.lower_90 := p_close * exp(t.quantiles[10]);
  v.upper_90 := p_close * exp(t.quantiles[190]);
  v.lower_95 := p_close * exp(t.quantiles[5]);
  v.upper_95 := p_close * exp(t.quantiles[195]);
  v.quantile_levels_id := t.quantile_levels_id;
  v.return_quantiles := t.quantiles;
  v.members := t.members -> p_ensemble.ensemble;
  v.direction := case when t.probability_up >= 0.55 then 'bullish' when t.probability_up <= 0.45 then 'bearish' else 'neutral' end;
  v.confidence := greatest(t.probability_up, 1 - t.probability_up);
  v.direction_thresholds := '{"bullish": 0.55, "bearish": 0.45}';
  v.agreement := 1;
  v.mean_spread := 0.0003;
  v.scale_ratio := 1.1;
  v.drivers := '[{"code": "volatility", "sentence": "The expected move is 1.04 times what the last 60 sessions had.",
    "figures": {"ratio": 1.04, "sessions": 60}}]';
  v.quality_notes := '[]';
  return v;
end
$$;

-- What a validated window leaves: its metrics and its companion.
create type simulated.window_rows as (metrics public.ensemble_validation_metrics, tests public.overfitting_tests);
create function simulated.window(
  p_symbol_id bigint, p_symbol text, p_horizon text, p_ensemble public.ensembles, p_last_bar integer, p_validated_at timestamptz, p_may_diverge boolean
) returns simulated.window_rows
language plpgsql stable
as $$
declare
  m public.ensemble_validation_metrics;
  t public.overfitting_tests;
  z simulated.size;
begin
  select * into strict z from simulated.size x where x.horizon = p_horizon;
  m.symbol_id := p_symbol_id;
  m.symbol := p_symbol;
  m.horizon := p_horizon;
  m.validation_date := p_validated_at;
  m.window_id := p_last_bar;
  m.train_rmse := 0.0105;
  m.val_rmse := 0.011;
  m.test_rmse := 0.0112;
  m.divergence := case when p_may_diverge and (p_symbol_id * 13 + p_last_bar) % 60 = 0 then 0.22
    else 0.14 * ((hashint8extended(p_symbol_id * 1000003 + p_last_bar, 11) & 1023) / 1024.0) end;
  m.divergence_threshold := 0.2;
  m.is_overfitting := m.divergence > 0.2;
  m.models_used := case p_ensemble.ensemble when 'candidate' then array['LSTM', 'ARIMA_GARCH'] else array['LSTM', 'ARIMA_GARCH', 'GB', 'TRANSFORMER'] end;
  m.model_count := cardinality(m.models_used);
  m.n_train_samples := z.train;
  m.n_val_samples := z.validation;
  m.n_test_samples := z.test;
  m.data_span_days := 1500;
  m.hyperparameters := jsonb_build_object('ensemble', p_ensemble.ensemble, 'config_hash', p_ensemble.config_hash, 'mean_factor', 0,
    'members', '{"LSTM": {"hiddenUnits": 32, "lookback": 20, "learningRate": 0.01, "dropout": 0, "epochs": 8}}'::jsonb);
  m.directional_accuracy := 0.5;
  m.mean_absolute_error := 0.008;
  m.trained_at := p_validated_at;
  m.created_at := p_validated_at;
  m.updated_at := p_validated_at;

  t.ensemble := p_ensemble.ensemble;
  t.config_hash := p_ensemble.config_hash;
  select p.code_version into strict t.code_version from simulated.plan p;
  select b.bar_time into strict t.first_bar_time from simulated.bar b where b.horizon = p_horizon and b.n = p_last_bar - z.train - z.validation - z.test + 1;
  select b.bar_time into strict t.data_cutoff from simulated.bar b where b.horizon = p_horizon and b.n = p_last_bar - z.test;
  select b.bar_time into strict t.last_bar_time from simulated.bar b where b.horizon = p_horizon and b.n = p_last_bar;
  t.benchmark_train_rmse := 0.0105;
  t.benchmark_val_rmse := 0.011;
  t.benchmark_test_rmse := 0.0112;
  t.train_crps := 0.0058;
  t.val_crps := 0.006;
  t.test_crps := 0.0061;
  t.benchmark_train_crps := 0.0058;
  t.benchmark_val_crps := 0.006;
  t.benchmark_test_crps := 0.0061;
  t.rmse_divergence := m.divergence;
  t.crps_divergence := 0;
  t.level := case when m.is_overfitting then 'overfitting' else 'normal' end;
  t.selection_gap := 0.02;
  t.selection_gap_p := 0.4;
  t.selection_gap_crps := 0.02;
  t.selection_gap_crps_p := 0.4;
  t.fit_optimism := 0.01;
  t.fit_optimism_p := 0.4;
  t.fit_optimism_crps := 0.01;
  t.fit_optimism_crps_p := 0.4;
  t.backtest_overfitting_probability := 0.25;
  t.trials := 12;
  t.implausible_skill := false;
  t.volatility_shift := 1.02;
  t.raw_divergence := 0.02;
  t.base_rate := 0.52;
  t.coverage := '{"50": 0.5, "80": 0.8, "90": 0.9, "95": 0.95, "n": 250, "terciles": [{"50": 0.5, "90": 0.9}, {"50": 0.5, "90": 0.9}, {"50": 0.5, "90": 0.9}]}';
  t.verdict := case when m.is_overfitting then 'overfitting' else 'ok' end;
  t.reasons := case when m.is_overfitting then array['The divergence of 22 % is above its threshold of 20 %'] else '{}' end;
  t.created_at := p_validated_at;
  t.updated_at := p_validated_at;
  t.selection_bias := 0.01;
  t.foresight_mean := 0.02;
  t.foresight_scale := 0.05;
  return row(m, t)::simulated.window_rows;
end
$$;

-- The forecast as its table numbers it.
create function simulated.identified(p_forecast public.forecasts, p_artifact_id bigint, p_run_id uuid) returns public.forecasts
language plpgsql volatile
as $$
begin
  p_forecast.id := nextval(pg_get_serial_sequence('public.forecasts', 'id'));
  p_forecast.artifact_id := p_artifact_id;
  p_forecast.run_id := p_run_id;
  return p_forecast;
end
$$;
