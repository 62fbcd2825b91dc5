begin;
\ir ../fixtures.psql
select plan(3);

select pg_temp.is_internal('internal.plan_divergence_checks');
select pg_temp.use_ensemble();
select pg_temp.use_bars(130);
select is(internal.plan_divergence_checks(array[(pg_temp.use_symbol()).id], '2019-12-23'), 0, 'nothing without a validated window');
select pg_temp.use_window(129);
select is(array[internal.plan_divergence_checks(array[(pg_temp.use_symbol()).id], '2019-12-23'), internal.plan_divergence_checks(array[(pg_temp.use_symbol()).id], '2019-12-23'), internal.plan_divergence_checks(array[(pg_temp.use_symbol()).id], '2019-12-24')],
  array[1, 0, 1], 'one for each date');

select * from finish();
rollback;
