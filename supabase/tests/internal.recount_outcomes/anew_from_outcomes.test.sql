begin;
\ir ../fixtures.psql
select plan(4);

select pg_temp.is_internal('internal.recount_outcomes');
select pg_temp.use_bars(5);
select internal.store_forecast(null, null, pg_temp.forecast(i)) from generate_series(1, 3) i;
select internal.store_forecast(null, null, pg_temp.forecast(i) || '{"ensemble": "baseline", "config_hash": "decafdecafdecaff"}') from generate_series(1, 3) i;
select internal.score_outcomes();
create temporary table kept as select s.*, p.n as pairs from public.outcome_sums s, public.outcome_pair_sums p;
update public.outcome_sums set crps = 7;
update public.outcome_pair_sums set n = 7;
select is(internal.recount_outcomes(s.id), 6, 'all outcomes of the symbol are counted') from public.symbols s where s.symbol = 'TEST';
select bag_eq('select s.*, p.n as pairs from public.outcome_sums s, public.outcome_pair_sums p', 'table kept', 'which mends what was spoilt');
select is(internal.recount_outcomes(-1), 0, 'of a symbol without any: none');

select * from finish();
rollback;
