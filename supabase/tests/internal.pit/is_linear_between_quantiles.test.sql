begin;
\ir ../fixtures.psql
select plan(2);

select pg_temp.is_internal('internal.pit');
select is(
  array_agg(round(internal.pit(pg_temp.quantiles(), o.outcome)::numeric, 10) order by o.place),
  array[0.5, 0.0075, 0.0025, 0.9975]::numeric(11, 10)[], 'at the median, between two quantiles, below and above all')
from unnest(array[0, -0.0197, -1, 1]::double precision[]) with ordinality o(outcome, place);

select * from finish();
rollback;
