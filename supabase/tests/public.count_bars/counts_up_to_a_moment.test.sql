begin;
\ir ../fixtures.psql
select plan(2);

select pg_temp.is_for_service_role('public.count_bars');
select pg_temp.use_bars(10);
select pg_temp.use_symbol('OTHER');
select results_eq($$ select * from public.count_bars('{TEST, OTHER, NONE}', '1D', pg_temp.bar_time(4)) $$, $$ values ('TEST', 5::bigint) $$,
  'that moment included; symbols without bars are not among them');

select * from finish();
rollback;
