begin;
\ir ../fixtures.psql
select plan(4);

select pg_temp.is_internal('internal.log_score');
-- The density of a uniform return between -0.02 and 0.02 is 25.
select is(round(internal.log_score(pg_temp.quantiles(), 0.005)::numeric, 9), round(-ln(25.0), 9), 'minus its logarithm inside');
select is(round((internal.log_score(pg_temp.quantiles(), -0.0202) - internal.log_score(pg_temp.quantiles(), -0.0200))::numeric, 9),
  round(ln(2.0), 9), 'halved from one quantile''s distance to the next beyond them');
select is(internal.log_score(array_fill(0::double precision, array[199]), 0), null, 'null for a point mass');

select * from finish();
rollback;
