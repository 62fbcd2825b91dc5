-- The constraints that the migration before this one made. A transaction of its own: while rows are looked at, everybody works on.
alter table public.calendar_exceptions validate constraint calendar_exceptions_source_known;
alter table public.calendar_exceptions validate constraint calendar_exceptions_calendar_fkey;
alter table public.symbols validate constraint symbols_calendar_fkey;
alter table public.symbols validate constraint symbols_half_sessions_are_new_yorks;
