insert into public.job_kinds (kind, worker, stores_result, priority, one_at_a_time, followed_by, description) values
  ('forecast', 'forecast-worker', 'store_forecast_result', 10, false, null, 'Fits an ensemble and forecasts from the latest bar.'),
  ('evaluate_rollout', 'rollout', 'finish_evaluation', 15, false, null, 'Judges the rollout that runs.'),
  ('ingest', 'ingest-bars', 'store_ingestion', 20, true, null, 'Fetches the bars of a symbol and timeframe from a provider.'),
  ('check_divergence', 'check-divergence', 'apply_divergence_check', 50, false, null, 'Opens and resolves the alerts of a symbol''s windows.'),
  ('validate_window', 'forecast-worker', 'store_window_result', 100, false, 'check_divergence', 'Validates one walk-forward window.')
on conflict (kind) do update set
  worker = excluded.worker, stores_result = excluded.stores_result, priority = excluded.priority, one_at_a_time = excluded.one_at_a_time,
  followed_by = excluded.followed_by, description = excluded.description;
