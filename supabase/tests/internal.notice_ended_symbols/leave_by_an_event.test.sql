begin;
\ir ../fixtures.psql
select plan(6);

select pg_temp.is_internal('internal.notice_ended_symbols');
select pg_temp.use_rollout('1 hour');
create function pg_temp.notice() returns integer language sql as $$
  select internal.notice_ended_symbols(r, now()) from public.rollouts r where r.status = 'running'
$$;
select is(pg_temp.notice(), 0, 'a symbol without bars is no ended one while others have none either');
update public.symbols set active = false where symbol = 'TEST';
select is(pg_temp.notice(), 1, 'one that an operator sets inactive is');
select is_empty('select from public.rollout_symbols', 'it has left');
select results_eq($$ select actor, reason, figures ->> 'code', figures -> 'symbols_left' from public.rollout_events where kind = 'symbol_left' $$,
  $$ values ('automatic', 'TEST 1D: the symbol was set inactive. No symbol is left: nothing can be judged', 'inactive', '0'::jsonb) $$,
  'the log says why');
select is(pg_temp.notice(), 0, 'once');

select * from finish();
rollback;
