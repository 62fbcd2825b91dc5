begin;
\ir ../fixtures.psql
select plan(3);

select is(pg_temp.access('internal.covariates_in_use'), 'authenticated service_role, search_path=""', 'the view that operators read calls it');
select is_empty('select * from internal.covariates_in_use()', 'none without an ensemble');
select public.seed_ensemble('candidate', '{"covariates": [{"symbol": "VIX", "measure": "level"}, {"symbol": "SPY", "measure": "range"},
  {"symbol": "VIX", "measure": "range"}]}', 'facefeedfacefeed');
select public.seed_ensemble('baseline', '{"seed": 1}', 'feedfacefeedface');
select results_eq('select symbol, measures, ensembles from internal.covariates_in_use() order by symbol',
  $$ values ('SPY', '{range}'::text[], '{candidate}'::text[]), ('VIX', '{level,range}', '{candidate}') $$, 'each symbol once');

select * from finish();
rollback;
