begin;
\ir ../fixtures.psql
select plan(8);

update public.symbols set active = false;
select pg_temp.use_symbol();
select public.seed_ensemble('candidate', '{"covariates": [{"symbol": "VIX", "measure": "level"}, {"symbol": "GSPC", "measure": "range"},
  {"symbol": "TEST", "measure": "range"}]}', 'facefeedfacefeed');
select is(public.plan_ingestion('csv') ->> 'planned', '0', 'nobody is asked where bars are uploaded');
update public.settings set value = '{"VIX": {"provider": "cboe", "first_date": "2010-01-04"}}' where name = 'covariate_sources';
select is(public.plan_ingestion('unknown') - 'run_id', '{"planned": 0, "reason": "no active symbol takes its bars from csv", "left_out": [{"symbol": "VIX",
  "timeframe": "1D", "reason": "it is named as a covariate and not registered: register_covariate, or upload its bars"}]}',
  'nor for one that is not registered, which is said');
select public.register_covariate('VIX', 'level'), public.register_covariate('GSPC', 'range');
select is(public.plan_ingestion('own') ->> 'planned', '1', 'a covariate may have a source of its own beside uploads');
update public.settings set value = '{"provider": "alpaca", "feed": "iex", "adjustment": "all"}' where name = 'market_data';
select is(public.plan_ingestion('all') ->> 'planned', '3', 'and all are asked for where there is a provider');
select results_eq($$ select j.payload ->> 'symbol', j.payload -> 'source', j.payload ->> 'first_date' from public.jobs j
    join public.runs r on r.id = j.run_id where r.idempotency_key = 'ingestion:all' order by j.id $$,
  $$ values ('VIX', '{"provider": "cboe", "feed": "eod", "adjustment": "raw"}'::jsonb, '2010-01-04'),
    ('GSPC', '{"provider": "alpaca", "feed": "iex", "adjustment": "all"}', null),
    ('TEST', '{"provider": "alpaca", "feed": "iex", "adjustment": "all"}', null) $$,
  'covariates before the symbols that read them, and each once');
select is((select r.params from public.runs r where r.idempotency_key = 'ingestion:all') -> 'covariate_sources' -> 'VIX' ->> 'provider', 'cboe',
  'the run says from where');
update public.ensembles set active = false;
select is(public.plan_ingestion('retired') ->> 'planned', '1', 'what no active ensemble names is not asked for');
update public.ensembles set active = true;
select is(public.plan_ingestion('Saturday', '2019-12-21') ->> 'reason', 'Saturday', 'nothing on a day without a session');

select * from finish();
rollback;
