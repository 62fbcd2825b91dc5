begin;
\ir ../fixtures.psql
select plan(2);

select pg_temp.is_for_service_role('public.score_outcomes');
select pg_temp.use_bars(4);
select internal.store_forecast(null, null, pg_temp.forecast(1));
select is(public.score_outcomes(), 1, 'it says how many were scored');

select * from finish();
rollback;
