-- The constraints that the migration before this one made. A transaction of its own: while rows are looked at, everybody works on.
alter table public.ensembles validate constraint ensembles_configuration_known;
alter table public.runs validate constraint runs_of_an_ensemble_name_it;
alter table public.runs validate constraint runs_configuration_known;
alter table public.jobs validate constraint jobs_configuration_known;
alter table public.forecasts validate constraint forecasts_quantile_levels_known;
alter table public.forecasts validate constraint forecasts_quantiles_ascend;
