-- The constraint that the migration before this one made. A transaction of its own: while rows are looked at, everybody works on.
alter table public.rollout_events validate constraint rollout_events_kind_known;
