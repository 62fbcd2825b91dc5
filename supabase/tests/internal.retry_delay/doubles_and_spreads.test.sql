begin;
\ir ../fixtures.psql
select plan(4);

select pg_temp.is_internal('internal.retry_delay');
select is_empty(
  $$ select a from generate_series(1, 7) a, generate_series(1, 50) j
     where internal.retry_delay(j, a) not between make_interval(secs => 5 * 2 ^ (a - 1)) and make_interval(secs => 5 * 2 ^ (a - 1) * 1.25) $$,
  'from 5 seconds on it doubles, with up to a quarter more');
select cmp_ok(count(distinct internal.retry_delay(j, 1))::integer, '>', 40, 'not the same for all') from generate_series(1, 50) j;
select cmp_ok(max(internal.retry_delay(j, 30000)), '<=', interval '750 seconds', 'and never above twelve and a half minutes') from generate_series(1, 50) j;

select * from finish();
rollback;
