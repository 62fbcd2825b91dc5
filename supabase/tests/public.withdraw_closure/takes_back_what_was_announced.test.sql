begin;
\ir ../fixtures.psql
select plan(4);

select pg_temp.is_for_service_role('public.withdraw_closure');
select public.announce_closure('2019-12-23', 'A hurricane');
select is(public.withdraw_closure('2019-12-23') ->> 'reason', 'A hurricane', 'it answers what is withdrawn');
select is(internal.is_session('2019-12-23'), true, 'and it is a session again');
select pg_temp.is_refused($$ select public.withdraw_closure('2019-12-25') $$, 404, 'not_announced', 'a holiday is the calendar''s own');

select * from finish();
rollback;
