begin;
\ir ../fixtures.psql
select plan(2);

select pg_temp.is_internal('internal.slot_purge');
select ok(internal.slot_purge('2019-12-23', '08:00', '2019-12-23 13:00Z') ?& array['runs', 'cron_ticks', 'worker_requests'], 'by kind');

select * from finish();
rollback;
