insert into public.settings (name, value, description) values
  ('publishing_enabled', 'true', 'Kill switch: false hides every forecast from current_forecasts and plans no new ones. Boolean.'),
  ('window_sizes',
   '{"1D": {"train": 1000, "validation": 250, "test": 250, "step": 250},
     "4h": {"train": 500, "validation": 125, "test": 125, "step": 125},
     "8h": {"train": 375, "validation": 125, "test": 125, "step": 125}}',
   'Walk-forward window sizes by horizon: train, validation, test (20 bars or more) and step.'),
  ('divergence_levels', '{"warning": 0.15, "overfitting": 0.2, "critical": 0.3}',
   'Divergence above which a level begins: an alert opens at each, overfitting is a window''s verdict, and from warning on calibrated '
   'weights go back to the preset. {warning, overfitting, critical}: fractions, ascending.'),
  ('validation_windows', '4', 'How many of the latest windows a scheduled validation covers. Positive integer.'),
  ('validation_interval_days', '7', 'Days after which a symbol''s windows are validated again if there are new bars. Positive number.'),
  ('max_workers', '2', 'Workers under way at once, usually; 0 stops all work. Integer, 0 or more.'),
  ('max_workers_cap', '8',
   'Workers under way at once at most: one more than max_workers for each five minutes that a forecast waits to be claimed. At most max_workers: '
   'never more than those. Integer, 0 or more.'),
  ('lease_seconds', '60', 'How long a worker may hold a job between two reports, in seconds. Positive integer.'),
  ('artifact_max_age_bars', '21', 'A forecast asked for by hand may use fitted members at most this many bars old. Integer, 0 or more.'),
  ('user_quota', '{"forecasts": 100, "runs": 200}',
   'What a signed-in user may ask for in an hour: forecasts that nobody is making yet, and runs that wait for any. Reading what is there is free, and '
   'so is all that a secret key asks for. {forecasts, runs}: integers, 0 or more.'),
  ('direction_thresholds', '{"bullish": 0.55, "bearish": 0.45}',
   'Probability of a positive return from which on a forecast is bullish (0.5 or more, below 1), and up to which it is bearish '
   '(above 0, 0.5 or less, below bullish); between them it is neutral. {bullish, bearish}.'),
  ('on_member_failure', '"fail"',
   'What becomes of an ensemble when a member of it fails: fail ends the run, drop goes on with the other members, and the rows say '
   'so. A run keeps what was set when it was planned. "fail" or "drop".'),
  ('market_data', '{"provider": "csv"}',
   'Where scheduled ingestion takes bars from: {"provider": "csv"} (nowhere: bars are uploaded), {"provider": "alpaca", "feed": "iex" or '
   '"sip", "adjustment": "raw", "split", "dividend" or "all"}, {"provider": "tiingo", "adjustment": "raw" or "all"}. With first_date '
   '(YYYY-MM-DD) a symbol''s history begins there, else ten years before its first ingestion. The keys are secrets of the functions.'),
  ('covariate_sources', '{}',
   'Where scheduled ingestion takes the daily bars of single covariates from, instead of market_data: {"VIX": {"provider": "cboe"}, "SYMBOL": a value as '
   'market_data takes it of alpaca or tiingo, ...}.'),
  ('largest_move', '{"default": 3}',
   'The largest factor by which a price is believed to move from one close to the next, or inside a bar: a bar beyond it is not taken '
   'from a provider and not fitted to. {"default": factor, "SYMBOL": factor, ...}, each above 1.'),
  ('slot_attempts', '3', 'How often a slot that failed is tried in all. Positive integer.'),
  ('forecast_deadline_minutes', '105',
   'Minutes after a session''s close by which its forecasts are expected to be there. Integer, 0 or more.'),
  ('retention_days',
   '{"cron_history": 14, "cron_ticks": 7, "worker_requests": 7, "query_timings": 30, "checkpoints": 30, "slot_runs": 400,
     "canary_reports": 400, "runs": 400, "alerts": 400, "windows": 400}',
   'Days after which purge deletes, by what: ended runs with their jobs and the errors of that time, resolved alerts with their deliveries, '
   'validated windows but for the latest of each configuration, cron''s own history, and so on. Positive integers, all ten; slot_runs at '
   'least 9, for reconcile looks back seven days.'),
  ('rollout_stages',
   '{"canary": {"days": 7, "horizons": ["1D"]}, "limited": {"days": 7, "horizons": ["1D", "4h", "8h"]},
     "full": {"days": 7, "horizons": ["1D", "4h", "8h"]}}',
   'The stages of a rollout: the days that each lasts at least (0 to 1000), and the horizons that the candidate is forecast on. '
   'Which symbol joins at which stage is in symbols.stage. {canary, limited, full: {days, horizons}}.'),
  ('rollout_criteria',
   '{"mean_divergence": 0.15, "largest_divergence": 0.25, "margin": 0.05, "rollback_margin": 0.1, "confidence": 0.95,
     "minimum_sessions": 5, "health_ratio": 1.5, "critical_alerts_per_hour": 5}',
   'What a stage is judged by. mean_divergence: the candidate''s mean divergence must stay below it. largest_divergence: one window above '
   'it rolls back. margin: how much worse than the baseline''s its RMSE and CRPS may be (0.05 is 5 %). rollback_margin: how much worse, '
   'beyond doubt, rolls back. confidence: of every interval and sequential test, 0.5 to 0.999. minimum_sessions: sessions without which no '
   'stage passes. health_ratio: how many times what deploy captured the p95 of queries may be. critical_alerts_per_hour: more of them roll '
   'back. All eight, fractions unless said otherwise.'),
  ('rollout_roles', '[]', 'Roles whose approval a promotion needs, for instance ["ML", "QA", "DevOps", "Product"]. Array of names.'),
  ('symbol_ends_after_sessions', '3',
   'Sessions of a stage without a bar of a symbol, while others of its source have one, after which it leaves the rollout. Integer, 1 to 1000.'),
  ('automatic_rollback', 'true', 'Whether a trigger rolls back by itself; false: it is recorded as an event only. Boolean.')
-- What an operator set stays.
on conflict (name) do update set description = excluded.description;
