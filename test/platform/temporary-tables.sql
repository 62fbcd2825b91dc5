-- The temporary tables that functions make for themselves, as plpgsql_check has to find them.

-- public.ingest_bars
create temporary table incoming (
  bar_time timestamptz, open double precision, high double precision, low double precision, close double precision,
  volume double precision
) on commit drop;

-- internal.derive_eight_hour_bars
create temporary table derived (
  bar_time timestamptz, open double precision, high double precision, low double precision, close double precision,
  volume double precision, provider text, feed text, adjustment text
) on commit drop;

-- public.plan_ingestion
create temporary table wanted (id bigint, symbol text, timeframe text, is_covariate boolean, source jsonb, left_out text) on commit drop;

-- public.store_calendar
create temporary table given (session_date date, kind text, other_kind text, reason text) on commit drop;

-- public.store_scheduled_events
create temporary table given_events (
  symbol_id bigint, symbol text, event_date date, kind text, time_of_day text, known_at timestamptz, source text, time_zone text
) on commit drop;
