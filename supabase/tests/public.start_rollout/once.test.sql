begin;
\ir ../fixtures.psql
select plan(9);

select pg_temp.is_for_service_role('public.start_rollout');
select pg_temp.use_symbol();
create function pg_temp.start(p_hash text, p_symbols text[] default '{TEST}') returns jsonb language sql as $$
  select public.start_rollout('Ada', '{"seed": 1}', p_hash, '{"seed": 2}', 'decafdecafdecaff', p_symbols, '1')
$$;
select pg_temp.is_refused($$ select pg_temp.start('feedfacefeedface', '{NONE}') $$, 404, 'unknown_symbol', 'a symbol that is not registered');
select pg_temp.is_refused($$ select pg_temp.start('feedfacefeedface', '{}') $$, 400, 'no_symbols', 'none');
select pg_temp.is_refused($$ select pg_temp.start('decafdecafdecaff') $$, 400, 'same_configuration', 'nothing to compare');
select is(pg_temp.start('feedfacefeedface') - 'rollout_id', '{"repeated": false, "stage": "canary", "symbols": ["TEST"]}', 'started');
select is(pg_temp.start('feedfacefeedface') ->> 'repeated', 'true', 'once');
select pg_temp.is_refused($$ select pg_temp.start('abadabadabadabad') $$, 409, 'rollout_running', 'one at a time');
select results_eq($$ select symbol from public.symbols where stage = 'canary' $$, $$ values ('TEST') $$, 'its symbols are the canary');
select results_eq($$ select ensemble, config_hash from public.ensembles where active order by 1 $$,
  $$ values ('baseline', 'decafdecafdecaff'), ('candidate', 'feedfacefeedface') $$, 'both are active');

select * from finish();
rollback;
