begin;
\ir ../fixtures.psql
select plan(4);

select pg_temp.is_internal('internal.add_series_shares');
select pg_temp.use_rollout();
create function pg_temp.share(p_horizon text, p_scored integer, p_crps numeric) returns public.pair_sums_by_series language sql as $$
  select row(r.id, r.stage, s.id, p_horizon, p_scored, p_scored, 0, 0, p_crps, 0, 0)::public.pair_sums_by_series
  from public.rollouts r, public.symbols s where s.symbol = 'TEST'
$$;

select internal.add_series_shares(array[pg_temp.share('1D', 1, 0.1), pg_temp.share('4h', 1, 1e-9), pg_temp.share('1D', 1, 0.2)]);
select results_eq('select horizon, scored, candidate_crps from public.pair_sums_by_series order by 1',
  $$values ('1D', 2, 0.3), ('4h', 1, 1e-9)$$, 'shares of one series are added up');
select internal.add_series_shares(array[pg_temp.share('1D', -1, -0.1), pg_temp.share('4h', 1, 1e9)]);
select results_eq('select horizon, scored, candidate_crps from public.pair_sums_by_series order by 1',
  $$values ('1D', 1, 0.2), ('4h', 2, 1000000000.000000001)$$, 'to what is there, exactly');
select internal.add_series_shares(array[pg_temp.share('1D', -1, -0.2), pg_temp.share('4h', -1, -1e9)]);
select results_eq('select horizon, scored, candidate_crps from public.pair_sums_by_series order by 1',
  $$values ('4h', 1, 1e-9)$$, 'a series without any is gone');

select * from finish();
rollback;
