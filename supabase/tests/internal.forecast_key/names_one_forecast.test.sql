begin;
\ir ../fixtures.psql
select plan(3);

select pg_temp.is_internal('internal.forecast_key');
create function pg_temp.key(p_stored_at timestamptz) returns text language sql as $$
  select internal.forecast_key(7, '1D', 'candidate', 'feedfacefeedface', '2019-12-23Z', p_stored_at)
$$;
select is(pg_temp.key('2019-12-24Z'), '7:1D:candidate:feedfacefeedface:1577059200.000000:1577145600.000000', 'by all that it is made from');
select isnt(pg_temp.key('2019-12-24Z'), pg_temp.key('2019-12-25Z'), 'restated bars make another');

select * from finish();
rollback;
