-- But for those of every minute off the full hour, when the slots tick: at most eight jobs run at once.
insert into public.schedule_ticks (job, minutes, every, calls, description) values
  ('dispatch', '*', '1 minute', 'tick_dispatch', 'Asks for workers for the jobs that wait.'),
  ('alerts', '*', '1 minute', 'tick_alerts', 'Opens and resolves alerts on errors, and delivers all alerts.'),
  ('reconcile', '2-57/5', '5 minutes', 'reconcile', 'Revives stalled jobs, notices missed slots, watches the rollout.'),
  ('plan', '4-49/15', '15 minutes', 'tick_plan', 'Plans the work that is missing.'),
  ('continue', '*', '1 minute', 'tick_continue', 'Makes up for missed slots, and goes on with slots and plans that stopped for the time they took.'),
  ('outcomes', '4-59/5', '5 minutes', 'tick_outcomes', 'Scores the forecasts whose bars have come.'),
  ('retention', '3-58/5', '5 minutes', 'tick_retention', 'Deletes what is older than retention_days, and slot purge had no time for.')
on conflict (job) do update set
  minutes = excluded.minutes, every = excluded.every, calls = excluded.calls, description = excluded.description;
