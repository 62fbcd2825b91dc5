begin;
\ir ../fixtures.psql
select plan(3);

select pg_temp.is_for_service_role('public.ingestion_state');
select is(public.ingestion_state('TEST', '1D', 2), '{"stored": 0, "source": null, "first": null, "overlap": []}', 'nothing yet');
select pg_temp.use_bars(3);
select is(public.ingestion_state('TEST', '1D', 2), '{"stored": 3, "source": {"provider": "csv", "feed": "file", "adjustment": "raw"},
  "first": "2015-01-05", "overlap": ["2015-01-06", "2015-01-07"]}', 'bars, their source, and the last of them');

select * from finish();
rollback;
