-- Of slot_times the planner expects many more rows than there are, so that Postgres compiles it each time where it can (JIT), for thirty
-- times as long as it takes to run: reconcile, which asks it for every slot, took seconds instead of a tenth of one.
alter function internal.slot_times(date, date) set jit = off;
