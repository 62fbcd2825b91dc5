begin;
\ir ../fixtures.psql
select plan(3);

select pg_temp.is_internal('internal.setting');
select is(internal.setting('max_workers'), '2', 'the value');
select pg_temp.is_refused($$ select internal.setting('no_such_setting') $$, 500, 'missing_setting', 'a missing row is named');

select * from finish();
rollback;
