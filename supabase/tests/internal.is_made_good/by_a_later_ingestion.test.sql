begin;
\ir ../fixtures.psql
select plan(4);

select pg_temp.is_internal('internal.is_made_good');
insert into public.runs (id, kind, idempotency_key, requested_via)
values ('00000000-0000-4000-8000-000000000001', 'ingestion', 'test', 'schedule');
insert into public.jobs (run_id, kind, idempotency_key, payload, status, error_code, error_message, finished_at)
select '00000000-0000-4000-8000-000000000001', 'ingest', j.key, jsonb_build_object('symbol', 'TEST', 'timeframe', j.timeframe), j.status,
  case j.status when 'dead' then 'x' end, case j.status when 'dead' then 'y' end, now() + j.after
from (values ('first', '1D', 'dead', interval '0'), ('other', '4h', 'dead', '0'), ('last', '1D', 'dead', '2 minutes'),
  ('good', '1D', 'succeeded', '1 minute')) j(key, timeframe, status, after);

select ok(internal.is_made_good(j), 'a later one has fetched the same series') from public.jobs j where j.idempotency_key = 'first';
select ok(not internal.is_made_good(j), 'not by one of another timeframe') from public.jobs j where j.idempotency_key = 'other';
select ok(not internal.is_made_good(j), 'not by an earlier one') from public.jobs j where j.idempotency_key = 'last';

select * from finish();
rollback;
