begin;
\ir ../fixtures.psql
select plan(6);

select pg_temp.is_internal('internal.store_artifact');
select pg_temp.use_bars(4);
create function pg_temp.artifacts() returns text[] language sql as $$
  select array_agg(a.data_cutoff::date::text order by a.data_cutoff) from public.artifacts a join public.symbols s on s.id = a.symbol_id
  where s.symbol = 'TEST'
$$;
create temporary table stored as select internal.store_artifact(null, pg_temp.artifact(0)) as id;
select results_eq('select a.id, a.horizon, a.state, a.trained_at from public.artifacts a join stored s on s.id = a.id',
  $$ select id, '1D', '{"fitted": true}'::jsonb, now() from stored $$, 'a fit is stored');
select is(internal.store_artifact(null, pg_temp.artifact(0) || '{"state": {"fitted": 2}}'), (select id from stored), 'the same one again replaces it');
select is(a.state, '{"fitted": 2}', 'with what it now is') from public.artifacts a join stored s on s.id = a.id;
select internal.store_artifact(null, pg_temp.artifact(o)) from unnest(array[1, 2]) o;
select is(pg_temp.artifacts(), array['2015-01-06', '2015-01-07'], 'the latest two are kept');
select throws_ok($$ select internal.store_artifact(null, pg_temp.artifact(0) || '{"symbol": "NONE"}') $$, 'P0002', null, 'an unknown symbol is refused');

select * from finish();
rollback;
