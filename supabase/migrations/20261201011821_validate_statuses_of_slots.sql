-- The constraint that the migration before this one made. A transaction of its own: while rows are looked at, everybody works on.
alter table public.slot_runs validate constraint slot_runs_status_known;
