begin;
\ir ../fixtures.psql
select plan(6);

select pg_temp.is_internal('internal.store_configuration');
select internal.store_configuration('cafecafecafecafe', '{"seed": 1, "refitEvery": 21}');
select lives_ok($$ select internal.store_configuration('cafecafecafecafe', '{"refitEvery": 21.0, "seed": 1}') $$,
  'the same again, however it is written');
select is((select count(*)::integer from public.configurations where config_hash = 'cafecafecafecafe'), 1, 'is one row');
select pg_temp.is_refused($$ select internal.store_configuration('cafecafecafecafe', '{"seed": 2}') $$, 409, 'hash_taken',
  'not another one under its hash');
select pg_temp.is_refused($$ update public.configurations set configuration = '{}' where config_hash = 'cafecafecafecafe' $$, 409, 'append_only',
  'what a hash names stays');
select pg_temp.use_ensemble();
select throws_ok($$ update public.ensembles set config_hash = 'beefbeefbeefbeef' $$, '23503', null, 'an ensemble has one that is there');

select * from finish();
rollback;
