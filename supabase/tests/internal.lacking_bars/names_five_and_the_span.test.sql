begin;
\ir ../fixtures.psql
select plan(4);

select pg_temp.is_internal('internal.lacking_bars');
select pg_temp.use_bars(8);
create function pg_temp.lacking(p_given integer[]) returns text language sql as $$
  select internal.lacking_bars((pg_temp.use_symbol()).id, '1D', array(select pg_temp.bar_time(o) from unnest(p_given) o))
$$;
select is(pg_temp.lacking('{0, 1, 2, 3, 4, 5, 6, 7}'), null, 'none is lacking');
select is(pg_temp.lacking('{0, 1, 2, 4, 5, 6, 7}'), '1 of 8 stored bars (2015-01-08, from 2015-01-08 to 2015-01-08)', 'one');
select is(pg_temp.lacking('{0, 7}'), '6 of 8 stored bars (2015-01-06, 2015-01-07, 2015-01-08, 2015-01-09, 2015-01-12 and 1 more, '
  'from 2015-01-06 to 2015-01-13)', 'many');

select * from finish();
rollback;
