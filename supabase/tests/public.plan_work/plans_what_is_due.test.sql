begin;
\ir ../fixtures.psql
select plan(7);

select pg_temp.is_for_service_role('public.plan_work');
update public.symbols set active = false;
select pg_temp.use_ensemble();
select pg_temp.use_vault();
select pg_temp.use_bars(170);
select is(public.plan_work() - 'reason', '{"forecasts": 1, "windows": 2, "more": false}', 'a forecast and windows from new bars');
select ok(cardinality(pg_temp.requests()) between 1 and 2, 'and workers, within max_workers');
select is(public.plan_work() - 'reason', '{"forecasts": 0, "windows": 0, "more": false}', 'nothing twice');
select is(public.plan_work(3) - 'reason', '{"forecasts": 0, "windows": 1, "more": false}', 'more windows by number, at once');

delete from public.runs;
update public.symbols set active = false where symbol = 'TEST';
select is(public.plan_work() - 'reason', '{"forecasts": 0, "windows": 0, "more": false}', 'nothing for symbols that are not active');
update public.symbols set active = true where symbol = 'TEST';
update public.settings set value = 'false' where name = 'publishing_enabled';
select is(public.plan_work(), '{"forecasts": 0, "windows": 0, "more": false, "reason": "publishing_enabled is false"}', 'nor while the kill switch is on');

select * from finish();
rollback;
