-- Apart, so that the table is not locked while its rows are checked.
alter table public.symbols validate constraint symbols_covariate_known;
alter table public.symbols validate constraint symbols_covariates_are_not_forecast;
