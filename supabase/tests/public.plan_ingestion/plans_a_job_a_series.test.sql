begin;
\ir ../fixtures.psql
select plan(9);

select pg_temp.is_for_service_role('public.plan_ingestion');
update public.symbols set active = false;
select pg_temp.use_symbol();
select pg_temp.use_bars(3, 'OTHER');
select is(public.plan_ingestion('key') ->> 'planned', '0', 'nothing where bars are uploaded');
update public.settings set value = '{"provider": "alpaca", "feed": "iex", "adjustment": "all"}' where name = 'market_data';
select is(public.plan_ingestion('key') - 'run_id', '{"planned": 1, "reason": null, "left_out": [{"symbol": "OTHER", "timeframe": "1D",
  "reason": "its bars were uploaded (csv), and sources are never mixed"}]}', 'a job for what the provider has, and why not for the rest');
select results_eq($$ select r.kind, r.ensemble, j.kind, j.payload -> 'source' from public.runs r join public.jobs j on j.run_id = r.id $$,
  $$ values ('ingestion', null, 'ingest', '{"provider": "alpaca", "feed": "iex", "adjustment": "all"}'::jsonb) $$, 'with the source of the setting');
select is(public.plan_ingestion('key') ->> 'planned', '0', 'once a key');
select is(public.plan_ingestion('another') ->> 'planned', '1', 'and again under another');
insert into public.symbols (symbol, calendar) values ('BTC', '24/7');
select is(public.plan_ingestion('weekend', '2019-12-21') - 'run_id', '{"planned": 0, "reason": "Saturday", "left_out": []}', 'nothing on a Saturday');
select is(public.plan_ingestion('Monday', '2019-12-23') ->> 'planned', '1', 'of New York''s symbols alone');
select pg_temp.is_refused($$ select public.plan_ingestion('') $$, 400, 'missing_key', 'not without one');

select * from finish();
rollback;
