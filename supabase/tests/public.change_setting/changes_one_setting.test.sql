begin;
\ir ../fixtures.psql
select plan(5);

select pg_temp.is_for_service_role('public.change_setting');
select is(public.change_setting('max_workers', '3'), '{"name": "max_workers", "value": 3}', 'it answers what is in force');
select results_eq($$ select value, updated_at from public.settings where name = 'max_workers' $$, $$ values ('3'::jsonb, now()) $$, 'and stores it');
select pg_temp.is_refused($$ select public.change_setting('no_such_setting', '1') $$, 404, 'unknown_setting', 'no setting is made up');
select pg_temp.is_refused($$ select public.change_setting('max_workers', '"many"') $$, 400, 'invalid_setting', 'nor set to what readers cannot use');

select * from finish();
rollback;
