begin;
\ir ../fixtures.psql
select plan(4);

select pg_temp.is_internal('internal.require_reason');
select is(internal.require_reason(' it drifts '), 'it drifts', 'a reason');
select pg_temp.is_refused($$ select internal.require_reason('') $$, 400, 'no_reason', 'none');
select pg_temp.is_refused($$ select internal.require_reason(null) $$, 400, 'no_reason', 'null');

select * from finish();
rollback;
