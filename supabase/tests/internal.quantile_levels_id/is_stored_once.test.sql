begin;
\ir ../fixtures.psql
select plan(6);

select pg_temp.is_internal('internal.quantile_levels_id');
create temporary table stored as select internal.quantile_levels_id('{0.1, 0.5, 0.9}') as id;
select is(internal.quantile_levels_id('{0.1, 0.5, 0.9}'), id, 'the same levels have one id') from stored;
select isnt(internal.quantile_levels_id('{0.1, 0.9}'), id, 'others another one') from stored;
select results_eq('select levels from public.quantile_levels where id = (select id from stored)',
  $$ values ('{0.1, 0.5, 0.9}'::double precision[]) $$, 'the row has them');
select lives_ok(
  'select internal.quantile_levels_id((select array_agg(i / 1000.0::double precision order by i) from generate_series(1, 999) i))',
  'long lists too');
select pg_temp.is_refused('update public.quantile_levels set levels = ''{0.2, 0.5, 0.9}'' where id = (select id from stored)', 409, 'append_only',
  'and keeps them');

select * from finish();
rollback;
