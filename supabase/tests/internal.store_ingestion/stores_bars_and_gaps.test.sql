begin;
\ir ../fixtures.psql
select plan(5);

select pg_temp.is_internal('internal.store_ingestion');
select pg_temp.use_symbol();
create function pg_temp.store(p_bars jsonb, p_gaps jsonb, p_whole boolean) returns jsonb language sql as $$
  select internal.store_ingestion(
    jsonb_populate_record(null::public.jobs, '{"payload": {"symbol": "TEST", "timeframe": "1D",
      "source": {"provider": "alpaca", "feed": "iex", "adjustment": "all"}}}'),
    jsonb_build_object('bars', p_bars, 'gaps', p_gaps, 'whole', p_whole, 'from', '2020-01-02', 'requests', 1))
$$;
select ok(pg_temp.store('[["2020-01-02", 1, 3, 1, 2, 1], ["2020-01-06", 2, 4, 2, 3, 1]]',
  '[{"time": "2020-01-03", "reason": "missing", "message": "no bar"}]', true) @> '{"inserted": 2, "gaps": 1, "whole": true, "requests": 1}',
  'it answers what was done');
select results_eq($$ select bar_time, reason from public.bar_gaps $$, $$ values ('2020-01-03Z'::timestamptz, 'missing') $$, 'gaps are reported');
select pg_temp.store('[["2020-01-02", 1, 3, 1, 2, 1], ["2020-01-03", 2, 4, 2, 3, 1]]', '[]', false);
select is_empty('select from public.bar_gaps', 'and gone when they close');
select pg_temp.is_refused($$ select pg_temp.store('[["2020-01-02", 1, 3, 1, 2, 1]]', '[]', true) $$, 409, 'restated_history',
  'a whole series that lacks stored bars is refused');

select * from finish();
rollback;
