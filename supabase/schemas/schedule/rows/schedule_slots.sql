-- The first half session ends at 13:30, and its bar counts as finished 20 minutes later (settlingMinutes of the providers).
insert into public.schedule_slots (slot, local_times, after_close, days, calls, publishes, make_up_within, description) values
  ('ingest', '{13:55}', '{30 minutes, 4 hours 15 minutes}', 'sessions', 'slot_ingest', false, '15 hours',
   'Fetches new bars: of the first half session, after the close, and in the evening for what a provider had late.'),
  ('score', '{14:10}', '{45 minutes, 4 hours 30 minutes}', 'sessions', 'slot_score', false, '15 hours',
   'Scores the forecasts whose bars have come.'),
  ('forecast', '{14:15}', '{1 hour, 4 hours 45 minutes}', 'sessions', 'slot_forecast', true, '15 hours',
   'Plans the forecasts that are missing from the latest bars.'),
  ('validate', '{}', '{5 hours}', 'sessions', 'slot_validate', true, '15 hours',
   'Plans walk-forward windows where the last validation is validation_interval_days old.'),
  ('check_divergence', '{07:00}', '{}', 'sessions', 'slot_check_divergence', true, '12 hours',
   'Plans a divergence check of every validated symbol, horizon and ensemble over the stored windows.'),
  ('canary_report', '{08:00, 12:00, 18:00}', '{}', 'sessions', 'report_canary', false, '1 hour',
   'Writes a row of canary_reports.'),
  ('purge', '{03:17}', '{}', 'every_day', 'slot_purge', false, '20 hours',
   'Deletes what is older than retention_days.'),
  ('evaluate_rollout', '{07:45, 11:45, 17:45}', '{}', 'sessions', 'slot_evaluate_rollout', false, '1 hour',
   'Judges the rollout that runs, a quarter of an hour before each report.'),
  ('measure_health', '{07:40, 11:40, 17:40}', '{}', 'sessions', 'slot_measure_health', false, '1 hour',
   'Measures what the monitoring queries and a claim take, before each evaluation.')
-- Times that an operator changed stay.
on conflict (slot) do update set calls = excluded.calls, publishes = excluded.publishes, description = excluded.description;
