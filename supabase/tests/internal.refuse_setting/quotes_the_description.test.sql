begin;
\ir ../fixtures.psql
select plan(3);

select pg_temp.is_internal('internal.refuse_setting');
select pg_temp.is_refused($$ select internal.refuse_setting(s) from public.settings s where name = 'max_workers' $$, 400, 'invalid_setting',
  'whatever its value');
select throws_like($$ select internal.refuse_setting(s) from public.settings s where name = 'max_workers' $$,
  'max_workers cannot be 2. Workers under way%Integer, 0 or more', 'with the value and what it may be');

select * from finish();
rollback;
