begin;
\ir ../fixtures.psql
select plan(4);

select pg_temp.is_internal('internal.expected_evidence');
select pg_temp.use_bars(1303);
select pg_temp.use_rollout();
update public.rollouts set started_at = '2019-12-30 06:00Z', stage_started_at = '2019-12-30 06:00Z';
update public.bars set ingested_at = bar_time + interval '21 hours';
create function pg_temp.expected(p_until timestamptz) returns jsonb language sql as $$ select internal.expected_evidence(r, p_until) from public.rollouts r $$;
select is(pg_temp.expected('2019-12-30 22:44Z'),
  '{"sessions": [], "not_there": [], "nothing_due": {"count": 1, "latest": [{"symbol": "TEST", "horizon": "1D"}]}}', 'nothing is due yet');
select is(pg_temp.expected('2019-12-30 22:45Z') -> 'sessions',
  '[{"session_date": "2019-12-30", "there": 0, "late": 0, "forecast_missing": 1, "bar_missing": 0, "baseline_not_there": 1}]', 'counts');
select is(jsonb_array_length(pg_temp.expected('2019-12-30 22:45Z') -> 'not_there'), 2, 'and names');

select * from finish();
rollback;
