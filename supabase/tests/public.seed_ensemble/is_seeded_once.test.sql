begin;
\ir ../fixtures.psql
select plan(3);

select pg_temp.is_for_service_role('public.seed_ensemble');
select is(public.seed_ensemble('candidate', '{"seed": 1}', 'feedfacefeedface'),
  '{"ensemble": "candidate", "configuration": {"seed": 1}, "config_hash": "feedfacefeedface"}', 'the first one is stored');
select is(public.seed_ensemble('candidate', '{"seed": 2}', 'cafecafecafecafe') ->> 'config_hash', 'feedfacefeedface',
  'and stands against another environment');

select * from finish();
rollback;
