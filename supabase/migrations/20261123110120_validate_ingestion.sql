-- The constraints of the migration before this one, in a transaction of their own: reading goes on meanwhile.
alter table public.runs validate constraint runs_kind_known;
alter table public.runs validate constraint runs_of_an_ensemble_name_it;
alter table public.jobs validate constraint jobs_kind_known;
