begin;
\ir ../fixtures.psql
select plan(3);

select pg_temp.is_internal('internal.lock_restated_at');
select pg_temp.use_bars(3);
select is(internal.lock_restated_at('TEST', '1D'), now() - interval '1 minute', 'when its bars were restated, or began');
select is(internal.lock_restated_at('TEST', '4h'), null, 'null without any');

select * from finish();
rollback;
