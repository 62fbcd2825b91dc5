begin;
\ir ../fixtures.psql
select plan(2);

select pg_temp.is_internal('internal.failure_consequence');
select results_eq($$
  select c.class, internal.failure_consequence(c.class)
  from unnest(array['candidate', 'judge', 'bars', 'baseline', 'platform', 'request']) with ordinality c(class, place) order by c.place
$$, $$ values ('candidate', 'counts'), ('judge', 'counts'), ('bars', 'holds'), ('baseline', 'noted'), ('platform', 'noted'), ('request', 'none') $$,
  'what it comes to');

select * from finish();
rollback;
