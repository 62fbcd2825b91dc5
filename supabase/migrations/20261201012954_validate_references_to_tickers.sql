-- The constraints that the migration before this one made. A transaction of its own: while rows are looked at, everybody works on.
alter table public.forecasts validate constraint forecasts_symbol_is_the_ids;
alter table public.ensemble_weights validate constraint ensemble_weights_symbol_is_the_ids;
alter table public.ensemble_validation_metrics validate constraint ensemble_validation_metrics_symbol_is_the_ids;
alter table public.rollout_symbols validate constraint rollout_symbols_symbol_is_the_ids;
alter table public.rollout_events validate constraint rollout_events_kind_known;
