begin;
\ir ../fixtures.psql
select plan(3);

select pg_temp.use_symbol();
insert into public.runs (kind, idempotency_key, requested_via, jobs_total) values ('ingestion', 'test', 'schedule', 1);
insert into public.jobs (run_id, kind, idempotency_key, payload)
select id, 'ingest', 'test', '{"symbol": "TEST", "timeframe": "1D", "source": {"provider": "tiingo", "feed": "eod", "adjustment": "all"}}' from public.runs;
create temporary table claimed as select public.claim_job(array['ingest'], '1') as job;
select lives_ok($$ select public.complete_job((job ->> 'id')::bigint, (job ->> 'lease_token')::uuid,
  '{"bars": [["2020-01-02", 1, 3, 1, 2, 1]], "gaps": [], "whole": true, "from": "2020-01-02", "requests": 1}') from claimed $$, 'bars are handed in');
select is(b.provider, 'tiingo', 'and stored') from public.bars b join public.symbols s on s.id = b.symbol_id where s.symbol = 'TEST';
select ok(j.result @> '{"inserted": 1}' and r.status = 'succeeded', 'what was done stands with the job')
from public.jobs j join public.runs r on r.id = j.run_id;

select * from finish();
rollback;
