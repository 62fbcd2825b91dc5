begin;
\ir ../fixtures.psql
select plan(5);

select pg_temp.is_internal('internal.store_validation');
select pg_temp.use_bars(130);
create temporary table stored as select pg_temp.use_window(129) as id;
select results_eq('select m.symbol, m.window_id, m.is_overfitting, o.verdict from public.ensemble_validation_metrics m
  join public.overfitting_tests o on o.metrics_id = m.id join stored s on s.id = m.id',
  $$ values ('TEST', 129, false, 'ok') $$, 'a window and its companion are stored');
select is(pg_temp.use_window(129, 0.3), (select id from stored), 'the same window again updates its row');
select results_eq('select m.divergence, o.verdict from public.ensemble_validation_metrics m
  join public.overfitting_tests o on o.metrics_id = m.id join stored s on s.id = m.id',
  $$ values (0.3::double precision, 'overfitting') $$, 'with its last findings only');
select throws_ok($$ select internal.store_validation(null, pg_temp.metrics(128, 0.3) || '{"is_overfitting": false}', pg_temp.tests(128)) $$,
  '23514', null, 'a divergence above its threshold that is no overfitting is refused');

select * from finish();
rollback;
