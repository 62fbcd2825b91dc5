begin;
\ir ../fixtures.psql
select plan(6);

select pg_temp.is_internal('internal.create_run');
select is(internal.create_run('forecast', 'candidate', 'key', 'schedule', null, null, '{}'), null, 'null without the ensemble');
select pg_temp.use_ensemble();
select isnt(internal.create_run('forecast', 'candidate', 'key', 'schedule', null, null, '{"a": 1}'), null, 'an id for a new run');
select results_eq('select kind, status, requested_via, config_hash, params from public.runs',
  $$ values ('forecast', 'queued', 'schedule', 'feedfacefeedface', '{"a": 1}'::jsonb) $$,
  'with the ensemble''s configuration as it is now');
select is(internal.create_run('forecast', 'candidate', 'key', 'schedule', null, null, '{}'), null, 'null when the key is taken');
update public.runs set status = 'failed', error_code = 'broken', error_message = 'why', finished_at = now();
select isnt(internal.create_run('forecast', 'candidate', 'key', 'schedule', null, null, '{}'), null, 'a failed run frees its key');

select * from finish();
rollback;
