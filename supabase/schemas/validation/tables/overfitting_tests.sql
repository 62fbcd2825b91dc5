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
