begin;
\ir ../fixtures.psql
select plan(4);

select pg_temp.is_internal('internal.crps');
select is(round(internal.crps(array_fill(0.01::double precision, array[199]), 0.03)::numeric, 15), 0.02::numeric(16, 15),
  'of a point mass it is the absolute error');
-- A uniform return between -a and a has CRPS a/6 at 0; the quantiles end at 0.0198 of 0.02.
select cmp_ok(abs(internal.crps(pg_temp.quantiles(), 0) - 0.02 / 6), '<', 1e-5::double precision, 'of a uniform return a sixth of its half width, at its middle');
select cmp_ok(internal.crps(pg_temp.quantiles(), 0.01), '>', internal.crps(pg_temp.quantiles(), 0), 'and more away from it');

select * from finish();
rollback;
